"""Produces the notices of a space for its live view: arrivals, changes by any replica, and its numbers of messages.

For dialects whose clients show a list that changes by itself. What is missed is never silent: after a gap a notice says
that anything may have changed, and the numbers are sent anew.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Coroutine, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from api_gateway.edge.caller import Caller
from api_gateway.edge.message_news import Change, Changes, MessageNews
from api_gateway.inboxes import Reach
from api_gateway.live.channels import Channels
from api_gateway.live.following import Ended, Following
from api_gateway.live.recheck import Recheck
from api_gateway.messages import MessageHandlers
from api_gateway.refusals import Forbidden, NotFound, Unauthorized
from mayfly.events.facts import MessageStored
from mayfly.failures import TransientFailure
from mayfly.records.inbox import Inbox
from mayfly.records.live import LiveEvent
from mayfly.records.message import MessageOverview
from mayfly.records.search import Search
from mayfly.service.clock import Clock
from mayfly.service.coalescer import Coalescer

if TYPE_CHECKING:
    from mayfly.bus.live import LiveEvents
    from mayfly.store.inboxes import Inboxes

PING_SECONDS = 54.0
_COUNT_SECONDS = 0.25
_WAITING = 100
_EVERYTHING = Search()


@dataclass(frozen=True, slots=True)
class Counts:
    """The numbers of messages that the space has: first of all, after each change, and when nothing happens."""

    total: int
    unread: int


@dataclass(frozen=True, slots=True)
class Closed:
    """Nothing follows. `reason`: `ended`, `refused` (the credentials were revoked) or `stopping` (come again)."""

    reason: str


SpaceNotice = MessageOverview | Change | Counts | Closed
"""An overview: this message has arrived."""


class SpaceEvents:
    """Opens live views of spaces. `stall_seconds`: a reader that reads nothing for this long is disconnected.

    Views of one space ask the store together.
    """

    def __init__(
        self,
        *,
        live: "LiveEvents",
        inboxes: "Inboxes",
        reach: Reach,
        sockets: Channels,
        messages: MessageHandlers,
        news: MessageNews,
        clock: Clock,
        stall_seconds: float,
    ) -> None:
        self.stall_seconds = stall_seconds
        self._live = live
        self._inboxes = inboxes
        self._reach = reach
        self._sockets = sockets
        self._search = messages.search
        self._news = news
        self._clock = clock
        self._counts: Coalescer[str, Caller, Counts] = Coalescer(self._count)
        self._overviews: Coalescer[str, str, MessageOverview | None] = Coalescer(self._look_up)

    @asynccontextmanager
    async def watch(
        self, caller: Caller, space: Inbox, recheck: Recheck
    ) -> AsyncIterator[AsyncGenerator[SpaceNotice, None]]:
        """Context manager: an iterator over the notices of a space that the caller may use, until it ends.

        Counts come four times a second at most. Raises LimitExceeded and TransientFailure on entering.
        """
        with (
            self._sockets.seat_of_subject(caller, "websocket"),
            recheck,
            self._live.reader(space.id) as reader,
            self._news.follow(space.id) as changes,
        ):
            following = Following(reader, space, self._inboxes, self._reach.extent, self._clock)
            view = _View(self, caller, following, changes, recheck)
            async with aclosing(view.notices()) as notices:
                yield notices

    async def counts(self, caller: Caller, space: Inbox) -> Counts:
        """Raises NotFound, TransientFailure."""
        return await self._counts.get(space.id, caller)

    async def overview(self, space: Inbox, message_id: str) -> MessageOverview | None:
        """None if the message does not exist any more. Raises TransientFailure."""
        return await self._overviews.get(space.id, message_id)

    async def _count(self, space_id: str, callers: Sequence[Caller]) -> Sequence[Counts]:
        _, found = await self._search.matching(callers[0], space_id, _EVERYTHING)
        return [Counts(len(found), sum(not message.is_read for message in found))] * len(callers)

    async def _look_up(self, _: str, message_ids: Sequence[str]) -> Sequence[MessageOverview | None]:
        found = {overview.id: overview for overview in await self._search.found.overviews(message_ids)}
        return [found.get(message_id) for message_id in message_ids]


class _View:
    """One open view: collects what happens in a queue, and counts after it."""

    def __init__(
        self, events: SpaceEvents, caller: Caller, following: Following, changes: Changes, recheck: Recheck
    ) -> None:
        self._events = events
        self._caller = caller
        self._following = following
        self._changes = changes
        self._recheck = recheck
        # Bounded: who reads slowly makes arrivals wait in the stream, and changes become `anything`.
        self._queue: asyncio.Queue[SpaceNotice] = asyncio.Queue(_WAITING)

    async def notices(self) -> AsyncGenerator[SpaceNotice, None]:
        tasks = [asyncio.create_task(work) for work in (self._collect_arrivals(), self._collect_changes())]
        try:
            async with aclosing(self._counted()) as counted:
                while True:
                    notice = await self._or_closed(self._recheck.during(anext(counted)))
                    yield notice
                    if isinstance(notice, Closed):
                        return
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _counted(self) -> AsyncGenerator[SpaceNotice, None]:
        loop = asyncio.get_running_loop()
        yield await self._or_closed(self._counts())
        counted, is_due = loop.time(), False
        while True:
            wait = counted + (_COUNT_SECONDS if is_due else PING_SECONDS) - loop.time()
            if wait > 0:
                try:
                    async with asyncio.timeout(wait):
                        notice = await self._queue.get()
                except TimeoutError:
                    continue
                yield await self._or_closed(self._allowed(notice))
                is_due = True
            else:
                yield await self._or_closed(self._counts())
                counted, is_due = loop.time(), False

    async def _collect_arrivals(self) -> None:
        while True:
            await self._queue.put(notice := await self._or_closed(self._next_arrival()))
            if isinstance(notice, Closed):
                return

    async def _next_arrival(self) -> SpaceNotice:
        while True:
            match await self._following.next(PING_SECONDS):
                case LiveEvent(fact=MessageStored() as stored):
                    overview = await self._events.overview(self._following.inbox, stored.message_id)
                    if overview is not None:
                        return overview
                case Ended():
                    return Closed("ended")

    async def _collect_changes(self) -> None:
        while True:
            if isinstance(change := await self._changes.next(), Change):
                await self._queue.put(change)

    async def _allowed(self, notice: SpaceNotice) -> SpaceNotice:
        await self._recheck()
        return notice

    async def _counts(self) -> SpaceNotice:
        await self._recheck()
        return await self._events.counts(self._caller, self._following.inbox)

    @staticmethod
    async def _or_closed(work: Coroutine[Any, Any, SpaceNotice]) -> SpaceNotice:
        try:
            return await work
        except (Unauthorized, Forbidden):
            return Closed("refused")
        except NotFound:
            return Closed("ended")
        except TransientFailure:
            return Closed("stopping")
