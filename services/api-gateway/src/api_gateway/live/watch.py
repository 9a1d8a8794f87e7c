"""Produces the notices of one event stream: an inbox's events in order, from any cursor; called by live.routes."""

import secrets
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from api_gateway.edge.caller import Caller
from api_gateway.inboxes import Reach
from api_gateway.live.channels import Channels
from api_gateway.live.following import Ended, Following
from api_gateway.live.rules import is_ahead, is_too_old
from api_gateway.refusals import Forbidden, Unauthorized
from mayfly.failures import TransientFailure
from mayfly.records.inbox import Inbox
from mayfly.records.live import LiveEvent
from mayfly.service.clock import Clock

if TYPE_CHECKING:
    from mayfly.bus.live import LiveEvents
    from mayfly.store.inboxes import Inboxes

PING_SECONDS = 15.0
# Reconnect delays in milliseconds, random so that readers do not all come back at once.
_RETRY_EARLIEST, _RETRY_LATEST = 500, 3000

Recheck = Callable[[], Awaitable[object]]
"""Raises Unauthorized or Forbidden once the caller's credentials have been taken away."""


@dataclass(frozen=True, slots=True)
class Connected:
    """`cursor`: everything up to here was sent before, or happened before this reader connected."""

    address: str
    cursor: int


@dataclass(frozen=True, slots=True)
class Reset:
    """The reader's cursor is unknown or too old: it has to list the messages again."""

    address: str
    reason: str


@dataclass(frozen=True, slots=True)
class Ping:
    pass


@dataclass(frozen=True, slots=True)
class Refused:
    """The credentials were revoked while the stream was open; nothing follows."""


@dataclass(frozen=True, slots=True)
class Retry:
    """The stream ends; the reader should reconnect after `milliseconds` with its last cursor and misses nothing."""

    milliseconds: int


Notice = Connected | Reset | LiveEvent | Ping | Ended | Refused | Retry


@dataclass(frozen=True, slots=True)
class LiveStreams:
    """Opens event streams. `stall_seconds`: a reader that reads nothing for this long is disconnected."""

    live: "LiveEvents"
    inboxes: "Inboxes"
    reach: Reach
    channels: Channels
    clock: Clock
    stall_seconds: float

    @asynccontextmanager
    async def watch(
        self, caller: Caller, inbox_name: str, after: int | None, recheck: Recheck
    ) -> AsyncIterator[AsyncGenerator[Notice, None]]:
        """Context manager: an iterator over the notices of an inbox, until the inbox ends.

        Raises NotFound, LimitExceeded and TransientFailure on entering.
        """
        with self.channels.seat(caller, "sse"):
            inbox = await self.reach.inbox(caller, inbox_name)
            cursor, reset = await self._start(inbox, after)
            with self.live.reader(inbox.id, cursor) as reader:
                following = Following(reader, inbox, self.inboxes, self.clock)
                async with aclosing(self._notices(following, reset, recheck)) as notices:
                    yield notices

    async def _start(self, inbox: Inbox, after: int | None) -> tuple[int | None, Reset | None]:
        """The cursor to read from, and a Reset if the client's cursor cannot be used."""
        if after is None:
            return None, None
        bounds = await self.live.bounds()
        if is_ahead(after, bounds):
            return bounds.last, Reset(inbox.address, "unknown cursor")
        if is_too_old(after, bounds, inbox.created_at):
            return bounds.first - 1, Reset(inbox.address, "the cursor is too old to resume from")
        return after, None

    async def _notices(
        self, following: Following, reset: Reset | None, recheck: Recheck
    ) -> AsyncGenerator[Notice, None]:
        yield Connected(following.inbox.address, following.reader.cursor)
        if reset:
            yield reset
        while True:
            try:
                found = await following.next(PING_SECONDS)
                if isinstance(found, LiveEvent):
                    await recheck()
            except TransientFailure:
                yield Retry(_RETRY_EARLIEST + secrets.randbelow(_RETRY_LATEST - _RETRY_EARLIEST))
                return
            except (Unauthorized, Forbidden):
                yield Refused()
                return
            yield found or Ping()
            if isinstance(found, Ended):
                return
