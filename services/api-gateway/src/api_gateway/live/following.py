"""Follows the events of one inbox until it ends; shared by event streams (live.watch) and waiting calls (live.wait)."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mayfly.events import facts
from mayfly.records.inbox import Extent, Inbox
from mayfly.records.live import LiveEvent
from mayfly.service.clock import Clock

if TYPE_CHECKING:
    from mayfly.bus.live import Reader
    from mayfly.store.inboxes import Inboxes


@dataclass(frozen=True, slots=True)
class Ended:
    """The inbox ended; no event follows. `reason`: expired or deleted."""

    address: str
    reason: str


class Following:
    """Reads the events of an inbox from `reader`; by the clock it also notices the expiry if its event is late.

    `extent_of`: the messages of an inbox that exist for readers now, `Reach.extent`.
    """

    __slots__ = ("_clock", "_extent_of", "_inboxes", "inbox", "reader")

    def __init__(
        self,
        reader: "Reader",
        inbox: Inbox,
        inboxes: "Inboxes",
        extent_of: Callable[[Inbox], Awaitable[Extent]],
        clock: Clock,
    ) -> None:
        self.reader = reader
        self.inbox = inbox
        self._inboxes = inboxes
        self._extent_of = extent_of
        self._clock = clock

    async def next(self, patience: float) -> LiveEvent | Ended | None:
        """The next stored message or the end of the inbox; None after `patience` seconds. Raises TransientFailure.

        Passes over messages that a space keeps no longer.
        """
        loop = asyncio.get_running_loop()
        until = loop.time() + patience
        while True:
            left = max(until - loop.time(), 0.0)
            life = self._life_left()
            event = await self.reader.next(min(left, life))
            if event is not None:
                notice = self._notice_of(event)
                if notice is not None and await self.exists(notice):
                    return notice
            elif life > left:
                return None
            elif await self._is_over():
                return Ended(self.inbox.address, "expired")

    async def stored(self) -> LiveEvent | None:
        """The next event that is already in the stream and concerns a message that exists. Raises TransientFailure."""
        while event := await self.reader.stored():
            if await self.exists(event):
                return event
        return None

    async def extent(self) -> Extent:
        """The messages of the inbox that exist for readers now."""
        return await self._extent_of(self.inbox)

    async def exists(self, notice: LiveEvent | Ended) -> bool:
        """Whether the message that an event is about exists for readers; True for other events."""
        if isinstance(notice, Ended) or not isinstance(notice.fact, facts.MessageStored):
            return True
        return (await self.extent()).holds(notice.fact.message_id)

    def _notice_of(self, event: LiveEvent) -> LiveEvent | Ended | None:
        match event.fact:
            case facts.MessageStored():
                return event
            case facts.InboxExpired():
                return Ended(self.inbox.address, "expired")
            case facts.InboxDeleted():
                return Ended(self.inbox.address, "deleted")
        return None

    def _life_left(self) -> float:
        expires_at = self.inbox.expires_at
        return float("inf") if expires_at is None else max((expires_at - self._clock()).total_seconds(), 0.0)

    async def _is_over(self) -> bool:
        """Look up the inbox again: its expiry may have been extended."""
        if self._life_left() > 0:
            return False
        current = await self._inboxes.get(self.inbox.id, self._clock())
        if current is not None:
            self.inbox = current
        return current is None
