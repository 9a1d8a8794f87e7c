"""Opens connections to checked addresses only: resolves the name, checks each address, connects to the checked one.

TLS and the Host field use the name in the URL, because only the dialling is replaced. A connection that is kept open
leads to the address it was checked for.

A stranger must not learn from errors which names exist inside the operator's network. So names are looked up as they
are, without the machine's search domains, and one error stands for all that has no address to call (`Unreachable`).
"""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from ipaddress import ip_address
from typing import Any, Protocol

import dns.asyncquery
import dns.asyncresolver
import dns.exception
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import httpcore

from mayfly.failures import TransientFailure
from mayfly.mail.names import is_bare_name
from mayfly.mail.peers import IpAddress
from mayfly.webhooks.destinations import Destination, ForbiddenDestination, Policy

_LOCALHOST = (ip_address("127.0.0.1"), ip_address("::1"))
_LONGEST_LOOKUP_SECONDS = 5.0
_PROBE_SECONDS = 2.0


class Unreachable(httpcore.ConnectError):
    """The name has no address that may be called: none at all, none that DNS told in time, or only forbidden ones."""


class Names(Protocol):
    async def addresses(self, host: str) -> list[IpAddress]:
        """All addresses of the name, [] for none. Raises TransientFailure while no DNS server works."""
        ...


def of_the_machine(resolv_conf: str = "/etc/resolv.conf") -> dns.asyncresolver.Resolver:
    """A client of the machine's DNS servers; where it has none, of one on itself, as resolv.conf(5) says."""
    try:
        return dns.asyncresolver.Resolver(resolv_conf)
    except dns.resolver.NoResolverConfiguration:
        client = dns.asyncresolver.Resolver(configure=False)
        client.nameservers = ["127.0.0.1"]
        return client


class Resolver:
    """Resolves names by DNS directly: limited in time and cancellable, unlike the system's resolver.

    `client`: makes the DNS client. Called again when no server answers, because the machine may have got others.
    """

    def __init__(self, client: Callable[[], dns.asyncresolver.Resolver] = of_the_machine) -> None:
        self._client = client
        self._dns = self._anew()

    def _anew(self) -> dns.asyncresolver.Resolver:
        client = self._client()
        client.cache = dns.resolver.LRUCache(1024)
        client.lifetime = _LONGEST_LOOKUP_SECONDS
        return client

    async def addresses(self, host: str) -> list[IpAddress]:
        """All addresses, IPv4 first; [] when there are none. Raises TransientFailure while no DNS server works."""
        if host == "localhost":  # RFC 6761 section 6.3: never asked of DNS
            return list(_LOCALHOST)
        if is_bare_name(host):
            return []
        answers = await asyncio.gather(self._ask(host, dns.rdatatype.A), self._ask(host, dns.rdatatype.AAAA))
        found = [ip_address(address) for answer in answers for address in answer or ()]
        if not found and None in answers and not await self._works():
            self._dns = self._anew()
            raise TransientFailure("no DNS server answers")
        return found

    async def _ask(self, host: str, kind: dns.rdatatype.RdataType) -> list[str] | None:
        """Addresses of one kind, [] when the name has none; None: nobody could say."""
        try:
            name = dns.name.from_text(host, dns.name.root)
            answer = await self._dns.resolve(name, kind, search=False, raise_on_no_answer=False)
        except (dns.resolver.NoNameservers, dns.exception.Timeout, OSError):
            return None
        except dns.exception.DNSException:
            return []
        return [record.address for record in answer]

    async def _works(self) -> bool:
        """Whether a server answers what has nothing to do with the name, so that the fault is the name's.

        Asked anew each time, not of the cache. A server that refuses this question answers too.
        """
        question = dns.message.make_query(dns.name.root, dns.rdatatype.NS)
        for server in self._dns.nameservers:
            try:
                answer = await dns.asyncquery.udp_with_fallback(
                    question, str(server), timeout=_PROBE_SECONDS, port=self._dns.port
                )
            except (dns.exception.DNSException, OSError):
                continue
            if answer[0].rcode() != dns.rcode.SERVFAIL:
                return True
        return False


class CheckedBackend(httpcore.AsyncNetworkBackend):
    """Dials for one destination at a time; `scheme` of the URL decides what is allowed there."""

    def __init__(self, policy: Policy, names: Names, scheme: str) -> None:
        self._policy = policy
        self._names = names
        self._scheme = scheme
        self._dial = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """A connection to the first address that is allowed and answers.

        Raises Unreachable when none is allowed, httpcore.ConnectError when none answers.
        """
        addresses = await self._allowed(Destination(self._scheme, host, port))
        for address in addresses[:-1]:
            try:
                return await self._dial.connect_tcp(str(address), port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return await self._dial.connect_tcp(str(addresses[-1]), port, timeout, local_address, socket_options)

    async def _allowed(self, destination: Destination) -> list[IpAddress]:
        allowed: list[IpAddress] = []
        for address in await self._candidates(destination.host):
            with suppress(ForbiddenDestination):
                allowed.append(self._policy.check_address(address, destination))
        if not allowed:
            raise Unreachable
        return allowed

    async def _candidates(self, host: str) -> list[IpAddress]:
        try:
            return [ip_address(host.strip("[]"))]
        except ValueError:
            return await self._names.addresses(host)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
