"""Parses the PROXY header, versions 1 and 2, which a trusted load balancer sends before the first octet.

Source: "The PROXY protocol", haproxy doc/proxy-protocol.txt, sections 2.1 and 2.2. The header is required from trusted
load balancers and never accepted from other peers, as section 2 demands.
"""

import struct
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address

from smtp_ingest.errors import BadSyntax

_V1_MAX_OCTETS = 107
_V1_START = b"PROXY "
_V1_FIELDS = 6
_V2_SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"
_V2_FIXED_OCTETS = 16
# Addresses and TLVs. A receiver must accept at least 536 octets; real headers are far below this limit.
_V2_MAX_TAIL = 4096
_LOCAL, _PROXY = 0x20, 0x21
_TCP4, _TCP6 = 0x11, 0x21


@dataclass(frozen=True, slots=True)
class ProxyHeader:
    """`peer`: address of the proxied peer, None for the balancer's own connection. `length`: octets of the header."""

    peer: str | None
    length: int


def parse_proxy_header(octets: bytes) -> ProxyHeader | None:
    """The header at the start of `octets`; None while it is incomplete. Raises BadSyntax when there is none."""
    if octets.startswith(_V2_SIGNATURE):
        return _version_2(octets)
    if octets.startswith(_V1_START):
        return _version_1(octets)
    if _V2_SIGNATURE.startswith(octets) or _V1_START.startswith(octets):
        return None
    raise BadSyntax("no PROXY header")


def _version_1(octets: bytes) -> ProxyHeader | None:
    end = octets.find(b"\r\n", 0, _V1_MAX_OCTETS)
    if end < 0:
        if len(octets) >= _V1_MAX_OCTETS:
            raise BadSyntax("PROXY header too long")
        return None
    words = octets[:end].split(b" ")
    if words[1] == b"UNKNOWN":
        return ProxyHeader(None, end + 2)
    if len(words) != _V1_FIELDS or words[1] not in (b"TCP4", b"TCP6"):
        raise BadSyntax("malformed PROXY header")
    try:
        peer = ip_address(words[2].decode("ascii"))
    except ValueError as error:
        raise BadSyntax("malformed address in PROXY header") from error
    if peer.version != int(words[1][3:]):
        raise BadSyntax("address of another family in PROXY header")
    return ProxyHeader(str(peer), end + 2)


def _version_2(octets: bytes) -> ProxyHeader | None:
    if len(octets) < _V2_FIXED_OCTETS:
        return None
    command, family, tail = struct.unpack_from("!BBH", octets, len(_V2_SIGNATURE))
    if tail > _V2_MAX_TAIL:
        raise BadSyntax("PROXY header too long")
    length = _V2_FIXED_OCTETS + tail
    if len(octets) < length:
        return None
    if command == _LOCAL:
        return ProxyHeader(None, length)
    if command != _PROXY:
        raise BadSyntax("PROXY header of an unknown version or command")
    return ProxyHeader(_v2_peer(family, octets[_V2_FIXED_OCTETS:length]), length)


def _v2_peer(family: int, addresses: bytes) -> str | None:
    """The source address; None for families without IP addresses (UNSPEC, UNIX), as the specification allows."""
    size = {_TCP4: 4, _TCP6: 16}.get(family)
    if size is None:
        return None
    if len(addresses) < 2 * size + 4:
        raise BadSyntax("truncated addresses in PROXY header")
    source = addresses[:size]
    return str(IPv4Address(source) if family == _TCP4 else IPv6Address(source))
