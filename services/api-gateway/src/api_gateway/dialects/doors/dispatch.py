"""Decides which application gets a request, and by which door a facade got it. ASGI; inside of edge.envelope."""

from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any

from api_gateway.edge.envelope import Application
from api_gateway.edge.head import Receive, Send

_Scope = MutableMapping[str, Any]
_PREFIX = "/mailpit/"
_ENTRY = "facade_entry"
_API = "/api/"
# What Mailpit answers on any path of its API. Without the name of an origin it permits no page of another one anything;
# the preflights of origins that may call are answered before (edge.cors).
_OPTIONS = [
    (b"content-type", b"text/plain"),
    (b"access-control-allow-methods", b"GET, POST, DELETE, PUT, OPTIONS"),
    (b"access-control-allow-headers", b"*"),
]


@dataclass(frozen=True, slots=True)
class Entry:
    """By which door a request came in. `space`: the id in its path; None: the credentials name the space.

    `is_open`: by the open door, to the default space.
    """

    space: str | None = None
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class Paths:
    """The paths of a facade on the port of the native API. One that ends in `/` stands for all below it.

    `own`: those that no native route has. `shared`: native ones too; the facade gets them with Basic credentials, which
    the native API never takes.
    """

    own: tuple[str, ...]
    shared: tuple[str, ...] = ()


class OpenDoor:
    """The port without credentials: every request is for the default space."""

    def __init__(self, facades: Application) -> None:
        self._facades = facades

    async def __call__(self, scope: _Scope, receive: Receive, send: Send) -> None:
        await _enter(self._facades, Entry(is_open=True), scope, receive, send)


class Doors:
    """The port of the native API: requests for a facade go to `facades`, all others to `native`."""

    def __init__(self, native: Application, facades: Application, paths: Iterable[Paths]) -> None:
        self._native = native
        self._facades = facades
        every = list(paths)
        self._own = _Set(path for facade in every for path in facade.own)
        self._shared = _Set(path for facade in every for path in facade.shared)

    async def __call__(self, scope: _Scope, receive: Receive, send: Send) -> None:
        path: str = scope.get("path", "")
        if path.startswith(_PREFIX):
            space, slash, rest = path.removeprefix(_PREFIX).partition("/")
            scope["path"], scope["raw_path"] = slash + rest or "/", (slash + rest or "/").encode()
            await _enter(self._facades, Entry(space=space), scope, receive, send)
        elif path in self._own or (path in self._shared and _has_basic(scope)):
            await _enter(self._facades, Entry(), scope, receive, send)
        else:
            await self._native(scope, receive, send)


class _Set:
    def __init__(self, paths: Iterable[str]) -> None:
        every = set(paths)
        self._exact = frozenset(path for path in every if not path.endswith("/"))
        self._prefixes = tuple(path for path in every if path.endswith("/"))

    def __contains__(self, path: str) -> bool:
        return path in self._exact or path.startswith(self._prefixes)


def entry_of(scope: Mapping[str, Any]) -> Entry:
    """By which door the request came in."""
    entry: Entry = scope[_ENTRY]
    return entry


async def _enter(facades: Application, entry: Entry, scope: _Scope, receive: Receive, send: Send) -> None:
    scope[_ENTRY] = entry
    if scope.get("method") == "OPTIONS" and scope["path"].startswith(_API):
        await send({"type": "http.response.start", "status": 200, "headers": _OPTIONS})
        await send({"type": "http.response.body", "body": b""})
        return
    try:
        await facades(scope, receive, send)
    finally:
        if template := scope.get("path_template"):
            scope["path_template"] = _PREFIX.rstrip("/") + template  # in logs and metrics, beside the native routes


def _has_basic(scope: _Scope) -> bool:
    return any(name == b"authorization" and value[:6].lower() == b"basic " for name, value in scope["headers"])
