"""The DNS client of a verdict process. Blocking: `verdict_child` installs it, the libraries in `verdicts` use it."""

from typing import Any

import dns.exception
import dns.resolver

from mayfly.mail.names import is_local_name
from mayfly.service.addresses import parse_resolver

LOOKUP_SECONDS = 2.0


class Resolver(dns.resolver.Resolver):
    """Counts the lookups that were answered and those that failed, to distinguish "no record" from "no DNS"."""

    answered = 0
    failed = 0

    def resolve(self, qname: Any, rdtype: Any = "A", *_: Any, **__: Any) -> dns.resolver.Answer:
        """Look up one name, within LOOKUP_SECONDS; the timeouts and transports that callers ask for are ignored.

        Senders choose the names, and recipients read the verdicts. So names of the local network do not exist: SPF's
        `exists` would tell which do.
        """
        if is_local_name(str(qname)):
            self.answered += 1
            raise dns.resolver.NXDOMAIN
        try:
            answer = super().resolve(qname, rdtype, lifetime=LOOKUP_SECONDS, search=False)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            self.answered += 1
            raise
        except dns.exception.DNSException:
            self.failed += 1
            raise
        self.answered += 1
        return answer


def use_resolver(address: str, resolv_conf: str = "/etc/resolv.conf") -> Resolver:
    """Send all lookups of this process to `address` (IP address or address:port; empty: the system's resolver).

    SPF, DKIM and DMARC libraries all look names up through dnspython's default resolver, which this replaces.
    """
    try:
        resolver = Resolver(resolv_conf, configure=not address)
    except dns.resolver.NoResolverConfiguration:
        resolver = Resolver(configure=False)
        resolver.nameservers = ["127.0.0.1"]  # as resolv.conf(5) says
    if address:
        host, port = parse_resolver(address)
        resolver.nameservers = [host]
        resolver.port = port
    dns.resolver.default_resolver = resolver
    return resolver
