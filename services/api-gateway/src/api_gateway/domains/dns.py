"""Looks up TXT and MX records to verify custom domains; the only module that uses dnspython."""

import dns.asyncresolver
import dns.exception
import dns.rdata
import dns.rdatatype
import dns.resolver
from dns.rdtypes.ANY.MX import MX
from dns.rdtypes.ANY.TXT import TXT

from mayfly.failures import TransientFailure
from mayfly.service.addresses import parse_resolver

_SECONDS = 5.0


class Resolver:
    """A DNS resolver with a 5 s timeout. `nameserver`: `address[:port]`; empty: the resolvers of the machine."""

    def __init__(self, nameserver: str = "", resolv_conf: str = "/etc/resolv.conf") -> None:
        try:
            self._resolver = dns.asyncresolver.Resolver(resolv_conf, configure=not nameserver)
        except dns.resolver.NoResolverConfiguration:
            self._resolver = dns.asyncresolver.Resolver(configure=False)
            self._resolver.nameservers = ["127.0.0.1"]  # as resolv.conf(5) says
        self._resolver.lifetime = _SECONDS
        if nameserver:
            address, port = parse_resolver(nameserver)
            self._resolver.nameservers = [address]
            self._resolver.port = port

    async def txt(self, name: str) -> list[str]:
        """The texts at `name`, each with its strings joined (RFC 7208 section 3.3); [] when there are none.

        Raises TransientFailure when DNS does not respond.
        """
        records = await self._records(name, dns.rdatatype.TXT)
        return [b"".join(found.strings).decode("utf-8", "replace") for found in records if isinstance(found, TXT)]

    async def mx(self, name: str) -> list[str]:
        """The hosts that receive mail for `name`, in lower case without the root dot; [] when there are none."""
        records = await self._records(name, dns.rdatatype.MX)
        return [found.exchange.to_text(omit_final_dot=True).lower() for found in records if isinstance(found, MX)]

    async def _records(self, name: str, kind: dns.rdatatype.RdataType) -> list[dns.rdata.Rdata]:
        try:
            return list(await self._resolver.resolve(name, kind, search=False))
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        except (dns.exception.DNSException, OSError) as error:
            raise TransientFailure(f"no response from DNS ({type(error).__name__})") from error
