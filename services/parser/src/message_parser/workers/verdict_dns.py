"""Asks DNS servers, by dnspython. Called by `resolver`, which caches what comes back and limits what is asked."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import dns.exception
import dns.message
import dns.name
import dns.rdatatype
import dns.resolver
import idna

from mayfly.mail.names import is_local_name
from mayfly.service.addresses import parse_resolver

_LONGEST_NAME, _LONGEST_LABEL = 253, 63  # RFC 1035 section 2.3.4
_NO_SOA_SECONDS = 5.0


class LookupFailed(Exception):
    """There was no answer: neither records, nor that there are none."""


class Answer(NamedTuple):
    """`records`: octets of TXT, addresses of A and AAAA, (preference, host) of MX, hosts of PTR; none: there are none.

    `ttl`: for how many seconds the answer holds, as the servers say.
    """

    records: Sequence[Any]
    ttl: float


@lru_cache(maxsize=1024)
def ascii_name(name: str) -> str:
    """The name in lower-case A-labels (RFC 5890), without a final dot; "" for what cannot be a name in the DNS."""
    try:
        labels = [_ascii_label(label) for label in name.rstrip(".").split(".")]
    except (idna.IDNAError, UnicodeError):
        return ""
    plain = ".".join(labels)
    fits = len(plain) <= _LONGEST_NAME and all(0 < len(label) <= _LONGEST_LABEL for label in labels)
    return plain if fits else ""


def _ascii_label(label: str) -> str:
    return label.lower() if label.isascii() else idna.encode(label, uts46=True).decode()


def is_asked_for(name: str) -> bool:
    """Whether this name, from `ascii_name`, may be looked up.

    Senders choose the names, and recipients read the verdicts. So names of the local network do not exist: SPF's
    `exists` would tell which do.
    """
    return bool(name) and not is_local_name(name)


class Client:
    """Asks the servers of `address` (IP address or address:port; empty: the system's resolver). Blocking."""

    def __init__(self, address: str = "", resolv_conf: str = "/etc/resolv.conf") -> None:
        try:
            self._resolver = dns.resolver.Resolver(resolv_conf, configure=not address)
        except dns.resolver.NoResolverConfiguration:
            self._resolver = dns.resolver.Resolver(configure=False)
            self._resolver.nameservers = ["127.0.0.1"]  # as resolv.conf(5) says
        if address:
            host, port = parse_resolver(address)
            self._resolver.nameservers = [host]
            self._resolver.port = port

    @property
    def servers(self) -> list[str]:
        return [str(server) for server in self._resolver.nameservers]

    @property
    def port(self) -> int:
        return self._resolver.port

    def ask(self, name: str, kind: str, seconds: float) -> Answer:
        """Look up a name from `ascii_name` ("" is the root). Raises LookupFailed after `seconds`, or for SERVFAIL."""
        # Not from text: in it, `\097` is another way to write `a`, and would pass the look at local names.
        owner = dns.name.Name([*(label.encode() for label in name.split(".") if label), b""])
        try:
            answer = self._resolver.resolve(owner, kind, raise_on_no_answer=False, lifetime=seconds, search=False)
        except dns.resolver.NXDOMAIN as error:
            return Answer((), _negative_ttl(error.response(owner)))  # type: ignore[no-untyped-call]
        except (dns.exception.DNSException, OSError, ValueError) as error:
            raise LookupFailed from error
        if answer.rrset is None:
            return Answer((), _negative_ttl(answer.response))
        return Answer([_plain(record) for record in answer.rrset], answer.rrset.ttl)


def _negative_ttl(response: dns.message.Message) -> float:
    """For how long "there is none" holds: the lesser of the SOA record's TTL and its MINIMUM (RFC 2308 section 5).

    Without a SOA record RFC 2308 advises against caching, because answers could travel between caches for ever. Nobody
    asks this cache, and a server that forgets the record would be asked again for every mail.
    """
    for rrset in response.authority:
        if rrset.rdtype == dns.rdatatype.SOA:
            return float(min(rrset.ttl, *(record.minimum for record in rrset)))
    return _NO_SOA_SECONDS


def _plain(record: Any) -> Any:
    match record.rdtype:
        case dns.rdatatype.TXT:
            return b"".join(record.strings)
        case dns.rdatatype.MX:
            return record.preference, record.exchange.to_text(omit_final_dot=True)
        case dns.rdatatype.PTR:
            return record.target.to_text(omit_final_dot=True)
    return getattr(record, "address", "")
