"""Reading one inbox's events as they happen, from any cursor, without gap or duplicate.

The cursor is the sequence of the stream EVENTS. Live events come over its republished copy (`live.inbox.<id>.>`,
core NATS); what a reader missed (before it came, or while the connection was gone) is read back by direct gets
"next by subject". The api-gateway's SSE and wait calls stand on this.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass

import nats.js.errors
from nats.aio.msg import Msg

from mayfly.bus.connection import Bus, broker_failures
from mayfly.bus.topology import EVENTS
from mayfly.events import codec, facts, subjects

_QUEUE_LIMIT = 256


@dataclass(frozen=True, slots=True)
class LiveEvent:
    sequence: int
    fact: facts.Fact


class _Follower:
    """One reader's queue. Once it overflows or the connection blinked, it reads back from the stream instead."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[LiveEvent | None] = asyncio.Queue(_QUEUE_LIMIT)
        self.behind = True

    def offer(self, event: LiveEvent) -> None:
        if not self.behind:
            try:
                self._queue.put_nowait(event)
            except asyncio.QueueFull:
                self.fall_behind()

    def fall_behind(self) -> None:
        self.behind = True
        while not self._queue.empty():
            self._queue.get_nowait()
        self._queue.put_nowait(None)

    async def next(self) -> LiveEvent | None:
        """The next live event, or None when the reader has to read back from the stream."""
        return await self._queue.get()


class LiveEvents:
    """Shared by all readers of a process: one subscription, handed out by inbox id. Enter it before use."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._followers: defaultdict[str, set[_Follower]] = defaultdict(set)

    async def start(self) -> None:
        await self._bus.client.subscribe("live.inbox.>", cb=self._hand_out)
        self._bus.on_reconnect(self._resync)

    async def position(self) -> int:
        """The sequence of the newest event. Whatever is stored and announced so far is at or below it."""
        with broker_failures():
            return (await self._bus.jetstream.stream_info(EVENTS.name)).state.last_seq

    async def follow(self, inbox_id: str, after: int | None = None) -> AsyncIterator[LiveEvent]:
        """Events of the inbox with a sequence above `after` (None: from now on), in order, for ever.

        Raises TransientFailure when the broker cannot be read. Close the generator to stop following.
        """
        follower = _Follower()
        self._followers[inbox_id].add(follower)
        try:
            cursor = await self.position() if after is None else after
            while True:
                if follower.behind:
                    follower.behind = False
                    async for event in self._read_back(inbox_id, cursor):
                        cursor = event.sequence
                        yield event
                event_or_gap = await follower.next()
                if event_or_gap is not None and event_or_gap.sequence > cursor:
                    cursor = event_or_gap.sequence
                    yield event_or_gap
        finally:
            self._followers[inbox_id].discard(follower)
            if not self._followers[inbox_id]:
                del self._followers[inbox_id]

    async def _read_back(self, inbox_id: str, after: int) -> AsyncIterator[LiveEvent]:
        cursor = after
        while True:
            with broker_failures():
                try:
                    found = await self._bus.jetstream.get_msg(
                        EVENTS.name,
                        seq=cursor + 1,
                        subject=subjects.inbox_events(inbox_id),
                        direct=True,
                        next=True,
                    )
                except nats.js.errors.NotFoundError:
                    return
            cursor = found.seq or cursor + 1
            yield LiveEvent(cursor, codec.decode((found.headers or {})[subjects.TYPE_HEADER], found.data or b""))

    async def _hand_out(self, message: Msg) -> None:
        followers = self._followers.get(message.subject.split(".")[2])
        if not followers:
            return
        headers = message.headers or {}
        event = LiveEvent(int(headers["Nats-Sequence"]), codec.decode(headers[subjects.TYPE_HEADER], message.data))
        for follower in followers:
            follower.offer(event)

    def _resync(self) -> None:
        for followers in self._followers.values():
            for follower in followers:
                follower.fall_behind()
