"""Responses with untrusted content, such that browsers save it under a safe name and never execute it.

Their octets count in the budget of edge.octet_budget from before they are fetched until the client has read them.
"""

import asyncio
import re
import unicodedata
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote

from litestar import Response

from api_gateway.edge.octet_budget import ClientWait
from api_gateway.edge.request_body import BodyLimits, holder_of

_MEDIA_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,100}/[a-z0-9!#$&^_.+-]{1,100}", re.ASCII)
# Served as such, it could be loaded as a script by a page of the same origin, whatever the Content-Disposition.
_SCRIPT = re.compile(r"(text|application)/(x-)?(java|ecma|j|live)script[0-9.]*")
_LONGEST_NAME = 150
_PIECE_OCTETS = 64 * 1024


class Download(Response[bytes]):
    """A response that browsers save under `filename` instead of showing it (RFC 6266).

    Its type bears no charset, because nobody checked one; scripts are sent as plain text. `size`: about how many octets
    `fetch` brings; its exceptions become HTTP errors. A client that reads nothing for some time, or is the slowest when
    others wait for room, is disconnected.
    """

    def __init__(self, size: int, fetch: Callable[[], Awaitable[bytes]], filename: str, media_type: str) -> None:
        super().__init__(b"")
        self._size = size
        self._fetch = fetch
        self._safe_headers = safe_headers(filename, media_type)

    def to_asgi_response(self, *_: Any, **__: Any) -> Any:
        """The ASGI application that Litestar runs for this response."""
        return self._respond

    async def _respond(self, scope: Any, _: Any, send: Callable[[Any], Awaitable[None]]) -> None:
        limits: BodyLimits = scope["body_limits"]
        hold = limits.budget.hold(holder_of(scope))
        try:
            await limits.budget.take(hold, self._size)
            octets = await self._fetch()
            wait = ClientWait()
            hold.since, hold.give_up = limits.budget.clock(), wait.give_up
            headers = {**self._safe_headers, "content-length": str(len(octets))}
            encoded = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
            await send({"type": "http.response.start", "status": 200, "headers": encoded})
            for start in range(0, len(octets), _PIECE_OCTETS):
                piece = octets[start : start + _PIECE_OCTETS]
                try:
                    async with wait.until(asyncio.get_running_loop().time() + limits.stall_seconds):
                        await send({"type": "http.response.body", "body": piece, "more_body": True})
                except TimeoutError:
                    return  # without its end: the server closes the connection
                hold.moved = start
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            limits.budget.release(hold)


def safe_headers(filename: str, media_type: str) -> dict[str, str]:
    """Headers that make browsers save the content, without a charset, and never run it."""
    return {
        "content-type": _safe_type(media_type),
        "content-disposition": disposition(filename),
        "content-security-policy": "default-src 'none'; sandbox",
    }


def _safe_type(media_type: str) -> str:
    essence = media_type.partition(";")[0].strip().lower()
    if not _MEDIA_TYPE.fullmatch(essence):
        return "application/octet-stream"
    return "text/plain" if _SCRIPT.fullmatch(essence) else essence


def disposition(filename: str) -> str:
    """The Content-Disposition header: the name in ASCII, and in UTF-8 (RFC 8187) if that differs."""
    name = safe_filename(filename)
    plain = "".join(c if c.isascii() and c not in '"\\%' else "_" for c in name)
    header = f'attachment; filename="{plain}"'
    return header if plain == name else f"{header}; filename*=UTF-8''{quote(name, safe='')}"


def safe_filename(filename: str) -> str:
    """The last part of a path, without control or format characters and leading dots, at most 150 characters."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", filename))[-1]
    visible = "".join(c for c in last if unicodedata.category(c)[0] != "C" and c not in "\u2028\u2029")
    return visible.strip(" .")[-_LONGEST_NAME:] or "attachment"
