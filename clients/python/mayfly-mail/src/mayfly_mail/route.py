"""Where requests go: the base URL taken apart, and the proxy that the environment names for it."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

_PORTS = {"http": 80, "https": 443}
_LOOPBACK = re.compile(r"localhost|.*\.localhost|127(?:\.[0-9]+){3}|::1|(?:0*:)+0*1", re.IGNORECASE)


class Proxy(NamedTuple):
    """An HTTP proxy; `authorization` is the value of Proxy-Authorization, or empty."""

    host: str
    port: int
    authorization: str = ""

    def __repr__(self) -> str:
        return f"<Proxy {self.host}:{self.port}>"


class Base(NamedTuple):
    """A base URL: `prefix` is its path without a slash at the end."""

    scheme: str
    host: str
    port: int
    prefix: str

    @property
    def authority(self) -> str:
        """The host and, unless it is the scheme's own, the port: the Host field (RFC 9110 section 7.2)."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    def __str__(self) -> str:
        return f"{self.scheme}://{self.authority}{self.prefix}"


def parse_base(url: str) -> Base:
    """Take a base URL apart; ValueError says what is wrong with it, and shows no password."""
    if any(ord(char) <= ord(" ") or char == "\\" for char in url):
        raise ValueError("the URL of Mayfly cannot have blanks, line ends or backslashes")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValueError("the URL of Mayfly has a host or port that cannot be") from None
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ValueError("the URL of Mayfly must begin with http:// or https:// and name a host")
    if "@" in parts.netloc:
        raise ValueError("the URL of Mayfly cannot hold a user or password; pass the key as api_key")
    if parts.query or parts.fragment:
        raise ValueError("the URL of Mayfly cannot have a query or a fragment")
    prefix = parts.path.rstrip("/").removesuffix("/api/v1")  # `make run` prints the address with this path
    if not prefix.isascii():
        raise ValueError("the path of Mayfly's URL must be percent-encoded")
    return Base(parts.scheme, _host(parts.hostname), _PORTS[parts.scheme] if port is None else port, prefix)


def _host(name: str) -> str:
    if name.isascii():
        return name
    try:
        return name.encode("idna").decode()
    except UnicodeError:
        raise ValueError("the URL of Mayfly has a host name that cannot be") from None


def proxy_for(base: Base, environment: Mapping[str, str] | None = None) -> Proxy | None:
    """Return the proxy of the environment for this URL, never one for loopback; ValueError if it is no HTTP proxy."""
    variables = os.environ if environment is None else environment
    if _LOOPBACK.fullmatch(base.host):
        return None
    url = _variable(variables, f"{base.scheme}_proxy") or _variable(variables, "all_proxy")
    if not url or _is_excluded(base, _variable(variables, "no_proxy")):
        return None
    return _parse_proxy(url if "://" in url else f"http://{url}")


def _variable(variables: Mapping[str, str], name: str) -> str:
    given = variables.get(name)
    if given is None and (name != "http_proxy" or "REQUEST_METHOD" not in variables):
        given = variables.get(name.upper())  # in CGI, HTTP_PROXY is a header of the request
    return (given or "").strip()


def _is_excluded(base: Base, no_proxy: str) -> bool:
    """Whether NO_PROXY names the host, with or without its port, or a domain or network that it is in."""
    for entry in no_proxy.lower().replace(",", " ").split():
        if entry == "*" or ("/" in entry and _is_in_network(base.host, entry)):
            return True
        name, port = entry, str(base.port)
        if not (entry.startswith("[") or entry.count(":") > 1) and ":" in entry:
            name, _, port = entry.partition(":")
        name = name.strip("[]").removeprefix("*").lstrip(".")
        if port == str(base.port) and (base.host == name or base.host.endswith(f".{name}")):
            return True
    return False


def _is_in_network(host: str, network: str) -> bool:
    from ipaddress import ip_address, ip_network

    try:
        return ip_address(host) in ip_network(network, strict=False)
    except ValueError:
        return False  # a host that is a name, or an entry that is no network


def _parse_proxy(url: str) -> Proxy:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValueError("the proxy of the environment has a host or port that cannot be") from None
    if parts.scheme != "http" or not parts.hostname:
        raise ValueError(
            f"a proxy of kind {parts.scheme}:// is not supported; use http://, or exclude the host by NO_PROXY"
        )
    authorization = ""
    if parts.username is not None:
        from base64 import b64encode

        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        authorization = "Basic " + b64encode(pair.encode()).decode()
    return Proxy(parts.hostname, port or _PORTS["http"], authorization)
