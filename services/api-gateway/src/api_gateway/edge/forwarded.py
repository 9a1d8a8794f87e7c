"""Finds the client's address behind trusted proxies. Called by edge.admission.

Only `X-Forwarded-For` is read. `Forwarded` (RFC 7239) and the other fields of that family are ignored: a proxy that
writes one of them usually passes on what the client wrote into the rest.
"""

from collections.abc import Iterable, Iterator, Sequence

from mayfly.mail.peers import IpAddress, IpNetwork, address_of

_MOST_HOPS = 32
# An IPv6 address of 45 characters in brackets, with a port and quotes.
_LONGEST_HOP = 64


def client_address(peer: str, lines: Sequence[str], trusted: Iterable[IpNetwork]) -> str:
    """The IP address of the client: that of the peer, or behind trusted proxies what the first of them was called from.

    `lines`: the values of all X-Forwarded-For fields in their order, which are one list (RFC 9110 section 5.3). It is
    read from the right up to the first address that is not trusted; what is left of it may be made up by the client.
    An entry that is no address ends the list, since nobody knows who wrote what is left of it, and so does the 32nd:
    the client is then the proxy that was read last. "" if the peer has no IP address.
    """
    client = address_of(peer)
    if client is None:
        return ""
    networks = tuple(trusted)
    hops = _from_the_right(lines)
    while any(client in network for network in networks):
        hop = next(hops, None)
        if hop is None:
            break
        client = hop
    return str(client)


def _from_the_right(lines: Sequence[str]) -> Iterator[IpAddress]:
    """Up to 32 addresses, until an entry that is none; empty entries are skipped (RFC 9110 section 5.6.1)."""
    read = 0
    for line in reversed(lines):
        rest, comma = line, ","
        while comma and read < _MOST_HOPS:
            rest, comma, entry = rest.rpartition(",")
            read += 1
            if entry := entry.strip(" \t"):
                hop = address_of(_without_port(entry)) if len(entry) <= _LONGEST_HOP else None
                if hop is None:
                    return
                yield hop


def _without_port(entry: str) -> str:
    """The address in `192.0.2.1:4711`, `[2001:db8::1]:4711` or `"[2001:db8::1]"`, as some proxies write it."""
    entry = entry.strip('"')
    if entry.startswith("["):
        return entry[1:].partition("]")[0]
    host, colon, _ = entry.partition(":")
    return host if colon and entry.count(":") == 1 else entry
