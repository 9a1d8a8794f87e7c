"""Network endpoints as settings write them: an address with or without a port, IPv4 or IPv6. Pure."""

from ipaddress import IPv6Address, ip_address

_MAX_PORT = 65_535
DNS_PORT = 53


def parse_endpoint(text: str, default_port: int) -> tuple[str, int]:
    """Host and port of `1.2.3.4`, `1.2.3.4:53`, `::1`, `[::1]`, `[::1]:53`, `name` or `name:53`.

    An IPv6 address with a port needs brackets (RFC 3986 section 3.2.2). Raises ValueError for anything else.
    """
    host, port = _split(text)
    if not host or any(character.isspace() or character in "[]/" for character in host):
        raise ValueError(f"{text!r} is not address or address:port")
    return host, default_port if port is None else _port(text, port)


def parse_resolver(text: str) -> tuple[str, int]:
    """IP address and port of a DNS resolver (port 53 unless stated). Raises ValueError, for a host name too."""
    host, port = parse_endpoint(text, DNS_PORT)
    try:
        ip_address(host)
    except ValueError:
        raise ValueError(
            f"{text!r}: a DNS resolver is an IP address, such as 192.0.2.1:53 or [2001:db8::1]:53"
        ) from None
    return host, port


def resolver_faults(setting: str) -> list[str]:
    """What is wrong with the value of MAYFLY_DNS_RESOLVER; empty when it is usable or empty."""
    try:
        if setting:
            parse_resolver(setting)
    except ValueError as error:
        return [f"MAYFLY_DNS_RESOLVER: {error}"]
    return []


def _split(text: str) -> tuple[str, str | None]:
    if text.startswith("["):
        host, bracket, rest = text[1:].partition("]")
        if not bracket or not _is_ipv6(host) or (rest and not rest.startswith(":")):
            raise ValueError(f"{text!r}: brackets hold one IPv6 address, as in [::1]:53")
        return host, rest[1:] if rest else None
    if _is_ipv6(text):
        return text, None
    host, colon, port = text.partition(":")
    if ":" in port:
        raise ValueError(f"{text!r}: an IPv6 address with a port needs brackets, as in [::1]:53")
    return host, port if colon else None


def _port(text: str, port: str) -> int:
    if not (port.isascii() and port.isdecimal()) or not 1 <= int(port) <= _MAX_PORT:
        raise ValueError(f"{text!r}: a port is a number from 1 to {_MAX_PORT}")
    return int(port)


def _is_ipv6(text: str) -> bool:
    try:
        IPv6Address(text)
    except ValueError:
        return False
    return True
