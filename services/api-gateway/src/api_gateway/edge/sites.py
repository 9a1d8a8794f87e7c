"""Checks the site that a request comes from against the domains that an API key is restricted to.

An entry `example.com` is exactly that host on any port, `*.example.com` the host and every subdomain, and an entry
with a port (`localhost:3000`) matches only that port. Case does not matter.
"""

from collections.abc import Sequence
from urllib.parse import urlsplit


def site_of(origin: str | None, referer: str | None, host: str | None) -> str:
    """`host[:port]` of the first header present: Origin, Referer, Host; "" if it names no host."""
    if origin is not None:
        return _netloc(origin)
    if referer is not None:
        return _netloc(referer)
    return (host or "").lower()


def is_allowed(site: str, entries: Sequence[str]) -> bool:
    """Whether the site matches an entry; always true without entries."""
    return not entries or any(_matches(site, entry.lower()) for entry in entries)


def covers_site(entries: Sequence[str], entry: str) -> bool:
    """Whether every site that matches `entry` matches one of `entries`; always true without entries."""
    return not entries or any(_covers(held.lower(), entry.lower()) for held in entries)


def _covers(held: str, entry: str) -> bool:
    if not entry.startswith("*."):
        return _matches(entry, held)
    return held.startswith("*.") and (entry[2:] == held[2:] or entry.endswith(held[1:]))


def _matches(site: str, entry: str) -> bool:
    if not site:
        return False
    if entry.startswith("*."):
        host = _without_port(site)
        return host == entry[2:] or host.endswith(entry[1:])
    return entry in (site, _without_port(site))


def _without_port(site: str) -> str:
    host, colon, port = site.rpartition(":")
    return host if colon and port.isdigit() else site


def _netloc(url: str) -> str:
    try:
        return urlsplit(url).netloc.rpartition("@")[2].lower()
    except ValueError:
        return ""
