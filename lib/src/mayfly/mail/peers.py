"""Says who the other side of a connection is, for every limit per address: SMTP and HTTP count the same. Pure.

One customer has one IPv4 address, but at least 2^64 IPv6 addresses (RFC 6177): so an IPv6 address counts as its /64.
"""

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

IpAddress = IPv4Address | IPv6Address
IpNetwork = IPv4Network | IPv6Network

UNKNOWN = "unknown"

_CUSTOMER_BITS = 64
_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052 section 2.1: the IPv4 address is in the last 32 bits
_LOCAL_NAT64 = IPv6Network("64:ff9b:1::/48")  # RFC 8215: the operator chooses where in it the IPv4 address is
_TRANSLATED = IPv6Network("::ffff:0:0:0/96")  # RFC 2765 section 2.1, as some translators still write IPv4 hosts

_KEPT = 4096  # the same addresses call again and again, and each costs microseconds to read


@lru_cache(_KEPT)
def peer_of(address: str) -> str:
    """The name that all limits count an address by: an IPv4 address, or the first address of an IPv6 /64.

    An IPv6 address that stands for an IPv4 host counts as that host, because all IPv4 hosts together would share one
    /64 (IPv4-mapped, NAT64, Teredo), or one host would have many (6to4: RFC 3056 gives it a /48). In the NAT64 prefix
    for local use each address counts for itself. What is no address is "unknown": all of these count together.
    """
    found = address_of(address)
    if found is None:
        return UNKNOWN
    if isinstance(found, IPv4Address) or found in _LOCAL_NAT64:
        return str(found)
    host = _embedded(found)
    return str(host or IPv6Address(int(found) >> _CUSTOMER_BITS << _CUSTOMER_BITS))


@lru_cache(_KEPT)
def address_of(text: str) -> IpAddress | None:
    """The address in `text`, None if there is none: without a zone (`%eth0`), IPv4 if it is IPv4-mapped."""
    try:
        found = ip_address(text.strip().partition("%")[0])
    except ValueError:
        return None
    return unmapped(found)


def unmapped(address: IpAddress) -> IpAddress:
    """The IPv4 address inside an IPv4-mapped IPv6 one (RFC 4291 section 2.5.5.2); any other as it is."""
    return address.ipv4_mapped or address if isinstance(address, IPv6Address) else address


def is_within(text: str, networks: Iterable[IpNetwork]) -> bool:
    """Whether `text` is an address in one of the networks."""
    found = address_of(text)
    return found is not None and any(found in network for network in networks)


def _embedded(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 host that the address stands for."""
    if address in _NAT64 or address in _TRANSLATED:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    if address.sixtofour is not None:
        return address.sixtofour
    return address.teredo[1] if address.teredo is not None else None  # RFC 4380 section 4: the client, behind its NAT
