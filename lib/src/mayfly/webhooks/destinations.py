"""Decides which URLs webhooks may call: api-gateway asks for each new endpoint, the dispatcher for every connection.

A URL is checked as text (`Policy.check_url`), and each address that it resolves to again at every connection
(`Policy.check_address`), so a name that resolves differently later is no way around. Public means globally reachable by
IANA's special-purpose registries (RFC 6890); everything else needs the operator's allow-list
(`MAYFLY_WEBHOOK_ALLOW_CIDRS`), which also allows http and any port there.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from mayfly.failures import PermanentFailure
from mayfly.mail.names import is_bare_name, is_local_name
from mayfly.mail.peers import IpAddress, IpNetwork, unmapped

MAX_URL_LENGTH = 2048
DEFAULT_PORTS = {"http": 80, "https": 443}

_NOT_PUBLIC_V4 = tuple(
    IPv4Network(block)
    for block in (
        "0.0.0.0/8",  # this network (RFC 791 section 3.2)
        "10.0.0.0/8",  # private (RFC 1918)
        "100.64.0.0/10",  # carrier-grade NAT (RFC 6598); one cloud keeps its metadata at 100.100.100.200
        "127.0.0.0/8",  # loopback (RFC 1122 section 3.2.1.3)
        "168.63.129.16/32",  # a cloud's host agent behind a public-looking address
        "169.254.0.0/16",  # link-local (RFC 3927); cloud metadata
        "172.16.0.0/12",  # private (RFC 1918)
        "192.0.0.0/24",  # IETF protocol assignments (RFC 6890); one cloud's metadata
        "192.0.2.0/24",  # documentation (RFC 5737)
        "192.88.99.0/24",  # 6to4 relays (RFC 7526)
        "192.168.0.0/16",  # private (RFC 1918)
        "198.18.0.0/15",  # benchmarks (RFC 2544)
        "198.51.100.0/24",  # documentation (RFC 5737)
        "203.0.113.0/24",  # documentation (RFC 5737)
        "224.0.0.0/4",  # multicast (RFC 5771)
        "240.0.0.0/4",  # reserved, and broadcast (RFC 1112, RFC 919)
    )
)
_GLOBAL_UNICAST_V6 = IPv6Network("2000::/3")  # RFC 4291 section 2.4; all else is special
_NOT_PUBLIC_V6 = tuple(
    IPv6Network(block)
    for block in (
        "2001::/23",  # IETF protocol assignments (RFC 2928): Teredo, ORCHID, benchmarks
        "2001:db8::/32",  # documentation (RFC 3849)
        "2002::/16",  # 6to4 (RFC 3056): leads to whatever IPv4 address it embeds
        "3fff::/20",  # documentation (RFC 9637)
    )
)
_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: the way to a public IPv4 host from an IPv6-only network
_LOCALHOST_NAME = "localhost"  # RFC 6761 section 6.3: never asked of DNS
_METADATA_NAMES = frozenset({"metadata", "metadata.google.internal", "metadata.goog", "instance-data"})
_LOCALHOST = (IPv4Address("127.0.0.1"), IPv6Address("::1"))
_ENDS_IN_NUMBER = re.compile(r"(?:^|\.)(?:\d+|0[xX][0-9a-fA-F]*)$")  # WHATWG URL: then the host is IPv4 or nothing
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_TEXT = re.compile(r"[!-~]+")
_FIRST_FREE_PORT = 1024


class ForbiddenDestination(PermanentFailure):
    """Mayfly does not call this URL or address; the reason names the rule."""


@dataclass(frozen=True, slots=True)
class Destination:
    """A checked URL's parts. `host` is lower-case letters or an address literal without brackets."""

    scheme: str
    host: str
    port: int


@dataclass(frozen=True, slots=True)
class Policy:
    """`allowed`: private networks that the operator allows besides the public internet."""

    allowed: tuple[IpNetwork, ...] = ()

    def check_url(self, url: str) -> Destination:
        """The parts of a URL that may be registered. Raises ForbiddenDestination.

        A name's addresses are not looked up here: that is done, and checked, at every connection.
        """
        parts = _split(url)
        host = _host(parts)
        port = _port(parts)
        destination = Destination(parts.scheme, host, port)
        address = _literal(host)
        if address is not None:
            self.check_address(address, destination)
        elif host in _METADATA_NAMES:
            raise ForbiddenDestination("the host is a cloud's metadata service")
        elif host == _LOCALHOST_NAME and any(self._opens(loopback) for loopback in _LOCALHOST):
            pass
        elif is_bare_name(host):
            raise ForbiddenDestination("the host must be a full name with a dot")
        elif not self.allowed:
            if is_local_name(host):
                raise ForbiddenDestination("the host is a local name")
            _check_public_service(destination)
        return destination

    def check_address(self, address: IpAddress, destination: Destination) -> IpAddress:
        """The address to connect to for `destination`. Raises ForbiddenDestination.

        An IPv4 address inside an IPv6 one (RFC 4291 section 2.5.5.2) is taken out first.
        """
        plain = unmapped(address)
        if self._opens(plain):
            return plain
        if not is_public(plain):
            raise ForbiddenDestination("the host's address is not a public one")
        _check_public_service(destination)
        return plain

    def _opens(self, address: IpAddress) -> bool:
        return any(address in block for block in self.allowed)


def parse_policy(cidrs: Sequence[str]) -> Policy:
    """The policy of an allow-list such as ("127.0.0.0/8", "fd00::/8"). Raises ValueError naming the bad entry."""
    return Policy(tuple(ip_network(cidr) for cidr in cidrs))


def is_public(address: IpAddress) -> bool:
    """Whether the address is an ordinary host of the public internet."""
    if isinstance(address, IPv4Address):
        return not any(address in block for block in _NOT_PUBLIC_V4)
    if address.scope_id:
        return False
    if address in _NAT64:
        return is_public(IPv4Address(int(address) & 0xFFFF_FFFF))
    return address in _GLOBAL_UNICAST_V6 and not any(address in block for block in _NOT_PUBLIC_V6)


def _split(url: str) -> SplitResult:
    if len(url) > MAX_URL_LENGTH:
        raise ForbiddenDestination(f"the URL is longer than {MAX_URL_LENGTH} characters")
    if not _TEXT.fullmatch(url) or "\\" in url:
        raise ForbiddenDestination("the URL holds characters that a URL cannot hold")
    try:
        parts = urlsplit(url)
    except ValueError:
        raise ForbiddenDestination("this is not a URL") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ForbiddenDestination("the URL must start with https:// and name a host")
    if "@" in parts.netloc:
        raise ForbiddenDestination("the URL must not hold credentials")
    if "#" in url:
        raise ForbiddenDestination("the URL must not have a fragment")
    return parts


def _host(parts: SplitResult) -> str:
    host = (parts.hostname or "").removesuffix(".")
    if "[" in parts.netloc or _ENDS_IN_NUMBER.search(host):
        if _literal(host) is None:
            raise ForbiddenDestination("the host is not an address in its usual form")
        return host
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in host.split(".")):  # noqa: PLR2004 - RFC 1035 section 2.3.4
        raise ForbiddenDestination("the host is not a domain name")
    return host


def _port(parts: SplitResult) -> int:
    try:
        port = parts.port
    except ValueError:
        raise ForbiddenDestination("the port is not a number up to 65535") from None
    if port == 0:
        raise ForbiddenDestination("port 0 cannot be called")
    return port or DEFAULT_PORTS[parts.scheme]


def _literal(host: str) -> IpAddress | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _check_public_service(destination: Destination) -> None:
    if destination.scheme != "https":
        raise ForbiddenDestination("the URL must start with https://")
    if destination.port != 443 and destination.port < _FIRST_FREE_PORT:  # noqa: PLR2004 - the port of https
        raise ForbiddenDestination("the port must be 443 or above 1023")
