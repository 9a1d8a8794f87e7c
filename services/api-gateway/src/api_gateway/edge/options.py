"""Answers OPTIONS with the methods of the path, without credentials (RFC 9110 section 9.3.7).

Litestar's own handlers see one router each, and miss the methods that another one adds to the same path.
"""

from collections import defaultdict
from functools import lru_cache
from typing import Any

from litestar import Litestar
from litestar.types import ASGIApp, Receive, Scope, Send


def answers_options(app: ASGIApp) -> ASGIApp:
    """A Litestar middleware of every route."""

    async def answering(scope: Scope, receive: Receive, send: Send) -> None:
        if scope.get("method") != "OPTIONS":
            await app(scope, receive, send)
            return
        held: Any = scope
        allowed = _methods(held["litestar_app"])[held["path_template"]]
        headers = [(b"allow", ", ".join(sorted(allowed)).encode())]
        await send({"type": "http.response.start", "status": 204, "headers": headers})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    return answering


@lru_cache(maxsize=4)
def _methods(app: Litestar) -> dict[str, set[str]]:
    """The methods by path template."""
    methods: defaultdict[str, set[str]] = defaultdict(set)
    for route in app.routes:
        methods[route.path_format] |= set(getattr(route, "methods", ()))
    return methods
