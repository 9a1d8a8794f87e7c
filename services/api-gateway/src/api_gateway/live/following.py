"""Follows the events of one inbox until it ends; shared by event streams (live.watch) and waiting calls (live.wait)."""

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mayfly.events import facts
from mayfly.records.inbox import Inbox
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
    """Reads the events of an inbox from `reader`; by the clock it also notices the expiry if its event is late."""

    __slots__ = ("_clock", "_inboxes", "inbox", "reader")

    def __init__(self, reader: "Reader", inbox: Inbox, inboxes: "Inboxes", clock: Clock) -> None:
        self.reader = reader
        self.inbox = inbox
        self._inboxes = inboxes
        self._clock = clock

    async def next(self, patience: float) -> LiveEvent | Ended | None:
        """The next stored message or the end of the inbox; None after `patience` seconds. Raises TransientFailure."""
        loop = asyncio.get_running_loop()
        until = loop.time() + patience
        while True:
            left = max(until - loop.time(), 0.0)
            life = self._life_left()
            event = await self.reader.next(min(left, life))
            if event is not None:
                notice = self._notice_of(event)
                if notice is not None:
                    return notice
            elif life > left:
                return None
            elif await self._is_over():
                return Ended(self.inbox.address, "expired")

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
