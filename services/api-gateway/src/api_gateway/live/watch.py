"""Produces the notices of one event stream: an inbox's events in order, from any cursor; called by live.routes."""

import secrets
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from api_gateway.edge.caller import Caller
from api_gateway.edge.known_inboxes import InboxChange
from api_gateway.edge.message_news import Change, MessageNews
from api_gateway.inboxes import Reach
from api_gateway.live.channels import Channels
from api_gateway.live.following import Ended, Following
from api_gateway.live.merging import merged
from api_gateway.live.recheck import Recheck
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


Notice = Connected | Reset | LiveEvent | Ping | Ended | Refused | Retry | Change | InboxChange
Next = Callable[[], Coroutine[Any, Any, LiveEvent | Ended | Change | InboxChange | None]]


@dataclass(frozen=True, slots=True)
class LiveStreams:
    """Opens event streams. `stall_seconds`: a reader that reads nothing for this long is disconnected."""

    live: "LiveEvents"
    inboxes: "Inboxes"
    reach: Reach
    channels: Channels
    news: MessageNews
    clock: Clock
    stall_seconds: float

    @asynccontextmanager
    async def watch(
        self, caller: Caller, inbox_name: str, after: int | None, recheck: Recheck, *, changes: bool = False
    ) -> AsyncIterator[AsyncGenerator[Notice, None]]:
        """Context manager: an iterator over the notices of an inbox, until the inbox ends.

        `changes`: also what any client changes in it. Raises NotFound, LimitExceeded and TransientFailure on entering.
        """
        async with AsyncExitStack() as stack:
            stack.enter_context(self.channels.seat(caller, "sse"))
            stack.enter_context(recheck)
            inbox = await self.reach.inbox(caller, inbox_name)
            cursor, reset = await self._start(inbox, after)
            reader = stack.enter_context(self.live.reader(inbox.id, cursor))
            following = Following(reader, inbox, self.inboxes, self.reach.extent, self.clock)
            upcoming: Next = partial(following.next, PING_SECONDS)
            if changes:
                news = stack.enter_context(self.news.follow(inbox.id))
                upcoming = await stack.enter_async_context(merged(upcoming, news.next))
            notices = notices_of(upcoming, recheck, Connected(inbox.address, reader.cursor), reset)
            yield await stack.enter_async_context(aclosing(notices))

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


async def notices_of(
    upcoming: Next, recheck: Recheck, connected: Connected, reset: Reset | None
) -> AsyncGenerator[Notice, None]:
    """The notices of one stream. Nothing is told once the credentials are revoked."""
    yield connected
    if reset:
        yield reset
    while True:
        try:
            found = await recheck.during(upcoming())
            if found is not None:
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
