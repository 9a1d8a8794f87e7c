"""Reads what is left of a request body after the response was sent. Called by edge.envelope.

A server that closes a connection while octets arrive resets it, and the client loses the response, such as 413 or 401
to an upload (RFC 9112 section 9.6).
"""

import asyncio
from collections.abc import MutableMapping
from contextlib import suppress
from typing import Any

from api_gateway.edge.head import Receive

_OCTETS = 64 * 1024 * 1024
_SECONDS = 10.0


class RequestBody:
    """The channel `receive` of a request that has a body; knows whether the application has read all of it."""

    def __init__(self, receive: Receive, *, expects_continue: bool) -> None:
        self._receive = receive
        self._is_read = False
        # Such a client sends nothing before 100 Continue, which the server sends when the body is first read.
        self._is_held_back = expects_continue

    async def __call__(self) -> MutableMapping[str, Any]:
        message = await self._receive()
        self._is_held_back = False
        self._is_read = not message.get("more_body", False)
        return message

    async def discard_rest(self) -> None:
        """Read and drop the rest, at most 64 MiB and 10 s of it."""
        if self._is_held_back:
            return
        octets = 0
        with suppress(TimeoutError):
            async with asyncio.timeout(_SECONDS):
                while not self._is_read and octets < _OCTETS:
                    octets += len((await self()).get("body", b""))


def body_of(scope: MutableMapping[str, Any], receive: Receive) -> RequestBody | None:
    """The body of a request; None if it has none."""
    found = {name: value for name, value in scope["headers"] if name in _TELLING}
    if b"transfer-encoding" not in found and found.get(b"content-length", b"0") == b"0":
        return None
    return RequestBody(receive, expects_continue=b"expect" in found)


_TELLING = frozenset({b"content-length", b"transfer-encoding", b"expect"})
