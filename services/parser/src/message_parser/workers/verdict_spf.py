"""SPF (RFC 7208) by pyspf, with the lookups of this process. Called by `verdicts`."""

from collections.abc import Iterable
from socket import AF_INET, AF_INET6, inet_pton
from typing import Any

import spf

from message_parser.workers.resolver import Resolver
from message_parser.workers.verdict_dns import LookupFailed, ascii_name, is_asked_for

_MOST_RECORD_OCTETS = 4_096  # a record is read whole before it is evaluated; RFC 7208 section 3.4 advises 450


class _Query(spf.query):  # type: ignore[misc] # pyspf has no types
    """pyspf, but the hosts of `mx` and `ptr` are no void lookups of their own, and nobody reads explanations.

    RFC 7208 section 4.6.4 counts the terms without an answer, and limits these hosts to ten apart. A domain whose mail
    servers have IPv4 only would fail for every peer with IPv6.
    """

    void_lookups: int

    def dns_mx(self, domainname: str) -> list[str]:
        found = self.dns(domainname, "MX")
        if len(found) > spf.MAX_MX:
            raise spf.PermError("More than 10 MX records")
        return [address for _, host in sorted(found) for address in self._addresses(host)]

    def validated_ptrs(self) -> list[str]:
        try:
            hosts = self.dns_ptr(self.i)[: spf.MAX_PTR]
            return [host for host in hosts if self.cidrmatch(self._addresses(host), self.cidrmax)]
        except spf.TempError:
            return []  # RFC 7208 section 5.5: the mechanism does not match

    def cidrmatch(self, ipaddrs: Iterable[str], n: int) -> bool:
        """Whether the peer is in the network of one of these addresses. A tenth of the library's time."""
        family, shift = (AF_INET6 if self.v == "ip6" else AF_INET), self.cidrmax - n
        own = int(self.ipaddr) >> shift
        try:
            return any(int.from_bytes(inet_pton(family, address), "big") >> shift == own for address in ipaddrs)
        except OSError as error:
            raise spf.PermError("not an address") from error

    def _addresses(self, host: str) -> list[str]:
        before = self.void_lookups
        try:
            self.void_lookups = 0
            return list(self.dns_a(host, self.A))
        finally:
            self.void_lookups = before

    def get_explanation(self, spec: str) -> None:
        """None, without a lookup."""

    def dns_spf(self, domain: str) -> str | None:
        record: str | None = super().dns_spf(domain)
        if record and len(record) > _MOST_RECORD_OCTETS:
            raise spf.PermError("The record is too long")
        return record


def check(peer: str, reverse_path: str, helo: str, resolver: Resolver) -> tuple[str, str]:
    """The verdict, and the domain that it is about: of the reverse-path, or of HELO where that is empty."""
    local, _, domain = (reverse_path or f"postmaster@{helo}").rpartition("@")
    domain = ascii_name(domain.strip("<> "))
    if not peer or not is_asked_for(domain) or "[" in domain:
        return "none", domain
    spf.DNSLookup = lambda name, kind, *_: _answers(name, kind, resolver)
    try:
        verdict, _, _ = _Query(i=peer, s=f"{local}@{domain}", h=helo, strict=True).check()
    except Exception:  # noqa: BLE001 - the library fails in many ways on untrusted records: a permanent error
        return "permerror", domain
    return str(verdict), domain


def _answers(name: str, kind: str, resolver: Resolver) -> list[tuple[tuple[str, str], Any]]:
    try:
        records = resolver.lookup(name, kind)
    except LookupFailed as error:
        raise spf.TempError("DNS") from error
    return [((name, kind), (record,) if kind == "TXT" else record) for record in records]
