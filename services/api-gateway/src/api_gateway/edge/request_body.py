"""The body of a request as it arrives: within a budget of octets, a time and a least rate. Called by edge.envelope.

What a response leaves unread is read and dropped: a server that closes a connection while octets arrive resets it, and
the client loses the response, such as 413 or 401 to an upload (RFC 9112 section 9.6).
"""

import asyncio
from collections.abc import MutableMapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from api_gateway.edge.head import Receive
from api_gateway.edge.octet_budget import SMALL_OCTETS, ClientWait, OctetBudget
from api_gateway.refusals import RequestTimeout

_DISCARDED_OCTETS = 64 * 1024 * 1024
_DISCARDING_SECONDS = 10.0
# A body of unknown length takes its share of the budget in steps.
_STEP_OCTETS = 256 * 1024
_LEAST_OCTETS_A_SECOND = 16 * 1024
_LONGEST_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class BodyLimits:
    """`stall_seconds`: how long nothing may arrive, and after how long the least rate counts."""

    budget: OctetBudget
    stall_seconds: float


class RequestBody:
    """The channel `receive` of a request that has a body; knows whether the application has read all of it."""

    def __init__(
        self,
        scope: MutableMapping[str, Any],
        receive: Receive,
        limits: BodyLimits,
        *,
        length: int | None,
        expects_continue: bool,
    ) -> None:
        self._scope = scope
        self._receive = receive
        self._limits = limits
        self._length = length
        self._is_read = False
        # Such a client sends nothing before 100 Continue, which the server sends when the body is first read.
        self._is_held_back = expects_continue
        self._hold = limits.budget.hold("")
        self._begun: float | None = None
        self._wait = ClientWait()

    async def __call__(self) -> MutableMapping[str, Any]:
        """The next piece. Raises RequestTimeout, and what OctetBudget.take raises."""
        if self._is_read:
            return await self._receive()  # waits until the client leaves
        await self._take_room()
        message = await self._next_piece()
        self._hold.moved += len(message.get("body", b""))
        if self._note(message):
            self._hold.give_up = None
        return message

    async def _take_room(self) -> None:
        if self._begun is None:
            self._hold.holder = holder_of(self._scope)
            await self._limits.budget.take(self._hold, SMALL_OCTETS if self._length is None else self._length)
            self._hold.since = self._limits.budget.clock()
            self._begun = asyncio.get_running_loop().time()
            self._hold.give_up = self._wait.give_up
        elif self._length is None and self._hold.moved + SMALL_OCTETS > self._hold.octets:
            await self._limits.budget.take(self._hold, _STEP_OCTETS)

    async def _next_piece(self) -> MutableMapping[str, Any]:
        assert self._begun is not None
        patience = self._limits.stall_seconds
        latest = self._begun + min(patience + self._hold.moved / _LEAST_OCTETS_A_SECOND, _LONGEST_SECONDS)
        latest = min(latest, asyncio.get_running_loop().time() + patience)
        try:
            async with self._wait.until(latest):
                return await self._receive()
        except TimeoutError as error:
            raise RequestTimeout from error

    def _note(self, message: MutableMapping[str, Any]) -> bool:
        """Whether it was the last piece."""
        self._is_held_back = False
        self._is_read = not message.get("more_body", False)
        return self._is_read

    async def end(self) -> None:
        """Give back the octets; read and drop the rest, at most 64 MiB and 10 s of it."""
        self._limits.budget.release(self._hold)
        if self._is_held_back:
            return
        octets = 0
        with suppress(TimeoutError):
            async with asyncio.timeout(_DISCARDING_SECONDS):
                while not self._is_read and octets < _DISCARDED_OCTETS:
                    message = await self._receive()
                    self._note(message)
                    octets += len(message.get("body", b""))


def body_of(scope: MutableMapping[str, Any], receive: Receive, limits: BodyLimits) -> RequestBody | None:
    """The body of a request; None if it has none."""
    found = {name: value for name, value in scope["headers"] if name in _TELLING}
    length = found.get(b"content-length", b"0")
    is_chunked = b"transfer-encoding" in found
    if not is_chunked and length == b"0":
        return None
    known = None if is_chunked or not length.isdigit() else int(length)
    return RequestBody(scope, receive, limits, length=known, expects_continue=b"expect" in found)


def holder_of(scope: MutableMapping[str, Any]) -> str:
    """Whose share of the budget it takes: the caller's, where there is one; else that of the connection's address."""
    caller = scope.get("user")
    return caller.subject if caller is not None else f"ip:{(scope.get('client') or ('',))[0]}"


_TELLING = frozenset({b"content-length", b"transfer-encoding", b"expect"})
