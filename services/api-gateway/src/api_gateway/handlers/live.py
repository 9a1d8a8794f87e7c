"""What a live reader of one inbox is told, in order, from any cursor on."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

from api_gateway.domain.caller import Caller
from api_gateway.handlers.reach import Reach
from api_gateway.ports import InboxStore, LiveSource
from mayfly.bus.live import LiveEvent
from mayfly.events import facts
from mayfly.service.clock import Clock
from mayfly.store.inboxes import Inbox

PING_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Connected:
    """`cursor`: everything up to here has been told before, or lies before this reader's time."""

    address: str
    cursor: int


@dataclass(frozen=True, slots=True)
class Ping:
    pass


@dataclass(frozen=True, slots=True)
class Ended:
    """The inbox is gone; nothing follows."""

    address: str
    reason: str


Notice = Connected | LiveEvent | Ping | Ended


class LiveCalls:
    def __init__(self, *, live: LiveSource, inboxes: InboxStore, reach: Reach, clock: Clock) -> None:
        self._live = live
        self._inboxes = inboxes
        self._reach = reach
        self._clock = clock

    async def watch(self, caller: Caller, inbox_name: str, after: int | None) -> AsyncIterator[Notice]:
        """The inbox's notices, for ever or until it ends. Raises NotFound before the first one."""
        inbox = await self._reach.inbox(caller, inbox_name)
        cursor = await self._live.position() if after is None else after
        return self._notices(inbox, cursor)

    async def _notices(self, inbox: Inbox, cursor: int) -> AsyncIterator[Notice]:
        yield Connected(inbox.address, cursor)
        events = aiter(self._live.follow(inbox.id, cursor))
        coming: asyncio.Task[LiveEvent] = asyncio.create_task(_next(events))
        deadline = inbox.expires_at
        try:
            while True:
                await asyncio.wait({coming}, timeout=self._patience(deadline))
                if coming.done():
                    event = coming.result()
                    ended = _ending(event, inbox)
                    if ended:
                        yield ended
                        return
                    coming = asyncio.create_task(_next(events))
                    if isinstance(event.fact, facts.MessageStored):
                        yield event
                elif deadline is not None and deadline <= self._clock():
                    current = await self._inboxes.get(inbox.id, self._clock())
                    if current is None:
                        yield Ended(inbox.address, "expired")
                        return
                    deadline = current.expires_at
                else:
                    yield Ping()
        finally:
            coming.cancel()
            await asyncio.wait({coming})
            await events.aclose()  # type: ignore[attr-defined]  # `follow` is a generator

    def _patience(self, deadline: datetime | None) -> float:
        if deadline is None:
            return PING_SECONDS
        return min(PING_SECONDS, max((deadline - self._clock()).total_seconds(), 0.0))


async def _next(events: AsyncIterator[LiveEvent]) -> LiveEvent:
    return await anext(events)


def _ending(event: LiveEvent, inbox: Inbox) -> Ended | None:
    match event.fact:
        case facts.InboxExpired():
            return Ended(inbox.address, "expired")
        case facts.InboxDeleted():
            return Ended(inbox.address, "deleted")
    return None
