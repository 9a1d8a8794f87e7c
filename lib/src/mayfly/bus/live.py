"""Reads the events of one inbox as they happen, from any cursor, without gaps or duplicates.

The cursor is the sequence of the stream EVENTS. Live events come from its republished copy (`live.>`, core NATS, one
subscription per process); their subject contains the sequence of the event before, so a reader detects a missing one.
Missing events, and those from before the reader started, are read from the stream. Used by the SSE and wait calls of
api-gateway.
"""

import asyncio
from collections import OrderedDict, defaultdict
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, Self

import msgspec
import nats.js.errors
import structlog
from nats.aio.msg import Msg

from mayfly.bus import metrics
from mayfly.bus.connection import Bus, broker_failures
from mayfly.bus.topology import EVENTS
from mayfly.events import codec, facts, subjects
from mayfly.failures import TransientFailure
from mayfly.pausing import pause
from mayfly.records.live import LiveEvent, StreamBounds

_log = structlog.get_logger()
_QUEUE_LIMIT = 256
_READS_AT_ONCE = 32
_WATCH_SECONDS = 5.0
# How long a server that has just become the stream's leader may know less than was announced.
_CATCH_UP_LOOKS = 30
_CATCH_UP_LOOK_SECONDS = 0.1
# How far the clocks of broker and parser may differ, and how many events are read.
_CLOCK_SLACK = timedelta(seconds=5)
_LOOKED_AT = 256
# Messages whose sequences are known without asking the broker, and for how long: as long as no stream drops them.
_RECENT = 10_000
_RECENT_SECONDS = 60.0


class Reader:
    """Reads one inbox, for one task, while its context lasts. `cursor`: every event up to here was returned.

    Its queue is bounded: a reader that is slower than its inbox goes back to reading the stream. There may be thousands
    of readers, most of them idle, so each is small.
    """

    is_of_account = False
    __slots__ = ("_awaited", "_filled", "_gaps", "_holder_id", "_queue", "_source", "cursor")

    def __init__(self, source: "LiveEvents", holder_id: str, after: int | None) -> None:
        self._source = source
        self._holder_id = holder_id
        self.cursor = source.seen if after is None else after
        self._queue: list[LiveEvent] = []
        self._awaited: asyncio.Future[None] | None = None
        # Number of times that events may have been missed, and how many of these have been read from the stream since.
        self._gaps = 0 if after is None else 1
        self._filled = 0

    def __enter__(self) -> Self:
        self._source.add(self._holder_id, self)
        return self

    def __exit__(self, *_: object) -> None:
        self._source.remove(self._holder_id, self)

    async def next(self, patience: float) -> LiveEvent | None:
        """The next event; None if none arrives within `patience` seconds (0: if none is there already).

        Raises TransientFailure when the broker cannot be read and when the process is stopping. Can be cancelled and
        called again without losing events.
        """
        deadline = asyncio.get_running_loop().time() + patience
        while True:
            self._source.require_open()
            event = await self.stored() if self._gaps != self._filled else self._queued()
            if event is not None:
                return event
            # What was announced during the look at the stream woke nobody.
            if self._gaps == self._filled and not self._queue and not await self._woken(deadline):
                return None

    async def stored(self) -> LiveEvent | None:
        """The next event read from the stream, None at its end. Raises TransientFailure."""
        gaps = self._gaps
        event = await self._source.stored_after(self._holder_id, self.cursor)
        _end_if_cancelled()
        if event is None:
            self._filled = gaps
        else:
            self.cursor = event.sequence
        return event

    def offer(self, event: LiveEvent) -> None:
        if len(self._queue) < _QUEUE_LIMIT:
            self._queue.append(event)
            self.wake()
        else:
            self.fall_behind()

    def fall_behind(self, cursor: int | None = None) -> None:
        """Read from the stream next, because events may be missing; from `cursor` if it is set."""
        self._queue.clear()
        self._gaps += 1
        if cursor is not None:
            self.cursor = cursor
        self.wake()

    def wake(self) -> None:
        if self._awaited is not None and not self._awaited.done():
            self._awaited.set_result(None)

    def _queued(self) -> LiveEvent | None:
        while self._queue:
            event = self._queue.pop(0)
            if event.previous > self.cursor:
                self.fall_behind()
            elif event.sequence > self.cursor:
                self.cursor = event.sequence
                return event
        return None

    async def _woken(self, deadline: float) -> bool:
        loop = asyncio.get_running_loop()
        if deadline <= loop.time():
            return False
        self._awaited = loop.create_future()
        timer = loop.call_at(deadline, self.wake)
        try:
            await self._awaited
        finally:
            timer.cancel()
            self._awaited = None
        return bool(self._queue) or self._gaps != self._filled or self._source.is_closed


def _end_if_cancelled() -> None:
    """Raise CancelledError if this task was cancelled and nobody said so.

    asyncio.wait_for, which nats-py uses, returns its result when that comes together with the cancellation (Python
    before 3.12). A reader would then go on waiting for nobody, and hold its channel.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


class LiveEvents:
    """Shared by all readers of a process: one subscription, distributed by inbox and account. Call `start` first."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._readers: defaultdict[str, set[Reader]] = defaultdict(set)
        """By the id of the inbox or account."""
        self._of_accounts = 0
        self._reads = asyncio.Semaphore(_READS_AT_ONCE)
        self._recent: OrderedDict[tuple[str, str], tuple[int, float]] = OrderedDict()
        self.is_closed = False
        self.seen = 0
        """The newest sequence this process knows of: what was announced up to there has been stored."""

    async def start(self) -> None:
        await self._bus.client.subscribe(subjects.LIVE, cb=self._hand_out)
        self._bus.on_reconnect(self._resync)
        self.seen = max(self.seen, (await self.bounds()).last)

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop`, compare the events received with those of the stream; then end every reader."""
        announced = 0
        while not stop.is_set():
            with suppress(TransientFailure):
                announced = await self._compare(announced)
            await pause(stop, _WATCH_SECONDS)
        self.close()

    def close(self) -> None:
        """End every reader: `next` raises TransientFailure from now on."""
        self.is_closed = True
        for reader in self._all_readers():
            reader.wake()

    def require_open(self) -> None:
        if self.is_closed:
            raise TransientFailure("this process is stopping", retry_after=1)

    async def bounds(self) -> StreamBounds:
        """First and last sequence of the stream, as its leader knows them. Raises TransientFailure.

        A leader that knows less than this process has seen is new and catches up, so it is asked again for 3 s. If it
        still knows less then, the stream began anew.
        """
        for _ in range(_CATCH_UP_LOOKS):
            found = await self._leaders_bounds()
            if found.last >= self.seen:
                return found
            await asyncio.sleep(_CATCH_UP_LOOK_SECONDS)
        return await self._leaders_bounds()

    async def _leaders_bounds(self) -> StreamBounds:
        with broker_failures():
            answer = await self._bus.client.request(f"$JS.API.STREAM.INFO.{EVENTS.name}", timeout=5)
        try:
            state = msgspec.json.decode(answer.data, type=_StreamInfo).state
        except msgspec.ValidationError as error:
            raise TransientFailure("the broker does not know the event stream") from error
        return StreamBounds(state.messages, state.first_seq, state.last_seq, state.first_ts)

    def reader(self, inbox_id: str, after: int | None = None) -> Reader:
        """A reader of the inbox's events above `after`; None: only those from now on. Enter it at once."""
        return Reader(self, inbox_id, after)

    def add(self, holder_id: str, reader: Reader) -> None:
        self._readers[holder_id].add(reader)
        self._of_accounts += reader.is_of_account

    def remove(self, holder_id: str, reader: Reader) -> None:
        readers = self._readers[holder_id]
        readers.discard(reader)
        self._of_accounts -= reader.is_of_account
        if not readers:
            del self._readers[holder_id]

    async def stored_since(self, inbox_id: str, after: int) -> AsyncIterator[LiveEvent]:
        """The inbox's events above `after` that the stream still has, in order; ends at the newest."""
        while event := await self.stored_after(inbox_id, after):
            after = event.sequence
            yield event

    async def stored_after(self, inbox_id: str, after: int) -> LiveEvent | None:
        """The inbox's first event above `after` that is still in the stream. Raises TransientFailure.

        Any replica of the stream may answer the first query, so a negative answer is checked with the leader.
        """
        wanted = {"seq": after + 1, "next_by_subj": subjects.inbox_events(inbox_id)}
        async with self._reads:
            return await self._direct_get(wanted) or await self._leader_get(wanted)

    async def sequence_of(self, inbox_id: str, message_id: str, stored_at: datetime) -> int | None:
        """The stream sequence of the message's event; None if it is not, or no longer, in the stream."""
        sequence, since = self._recent.get((inbox_id, message_id), (None, 0.0))
        if sequence is not None and asyncio.get_running_loop().time() < since + _RECENT_SECONDS:
            return sequence
        subject = subjects.inbox_events(inbox_id)
        start = (stored_at - _CLOCK_SLACK).isoformat().replace("+00:00", "Z")
        event = await self._direct_get({"start_time": start, "next_by_subj": subject})
        for _ in range(_LOOKED_AT):
            if event is None:
                return None
            if isinstance(event.fact, facts.MessageStored) and event.fact.message_id == message_id:
                return event.sequence
            event = await self._direct_get({"seq": event.sequence + 1, "next_by_subj": subject})
        return None

    async def time_of(self, sequence: int) -> datetime | None:
        """When the broker took the event with this sequence; None if it is not, or no longer, in the stream."""
        subject = f"$JS.API.STREAM.MSG.GET.{EVENTS.name}"
        with broker_failures():
            answer = await self._bus.client.request(subject, msgspec.json.encode({"seq": sequence}), timeout=5)
        stored = msgspec.json.decode(answer.data, type=_Stored).message
        return stored.time if stored else None

    async def _direct_get(self, wanted: Mapping[str, Any]) -> LiveEvent | None:
        with broker_failures():
            answer = await self._bus.client.request(
                f"$JS.API.DIRECT.GET.{EVENTS.name}", msgspec.json.encode(wanted), timeout=5
            )
        headers = answer.headers or {}
        if subjects.TYPE_HEADER in headers:
            return _event(headers, answer.data)
        if headers.get("Status") == "404":
            return None
        raise TransientFailure("the broker does not answer a direct get")

    async def _leader_get(self, wanted: Mapping[str, Any]) -> LiveEvent | None:
        with broker_failures():
            try:
                found = await self._bus.jetstream.get_msg(
                    EVENTS.name, seq=wanted["seq"], subject=wanted["next_by_subj"], next=True
                )
            except nats.js.errors.NotFoundError:
                return None
        headers = found.headers or {}
        return LiveEvent(found.seq or 0, codec.decode(headers[subjects.TYPE_HEADER], found.data or b""))

    async def _hand_out(self, message: Msg) -> None:
        headers = message.headers or {}
        self._see(int(headers["Nats-Sequence"]))
        _, kind, identifier, *_ = message.subject.split(".")
        self._note(identifier, headers)
        readers = self._readers.get(identifier) if kind == "inbox" else None
        if readers or (self._of_accounts and kind == "inbox"):
            event = _event(headers, message.data)
            readers = {*(readers or ()), *self._readers.get(getattr(event.fact, "account_id", ""), ())}
            if readers:
                _tell_age(event)
            for reader in readers:
                reader.offer(event)

    def _see(self, sequence: int) -> None:
        """Every event of the stream is announced: a hole in the sequences is one that this process has missed."""
        if sequence > self.seen + 1 and self._of_accounts:
            for reader in self._all_readers():
                if reader.is_of_account:
                    reader.fall_behind()
        self.seen = max(self.seen, sequence)

    def _note(self, inbox_id: str, headers: Mapping[str, str]) -> None:
        """Remember the sequence of a message's event, which its id for deduplication names (mayfly.events.subjects)."""
        message_id, is_stored, _ = headers.get("Nats-Msg-Id", "").partition(".stored")
        if is_stored:
            self._recent[inbox_id, message_id] = int(headers["Nats-Sequence"]), asyncio.get_running_loop().time()
            if len(self._recent) > _RECENT:
                self._recent.popitem(last=False)

    async def _compare(self, announced: int) -> int:
        """Events that were in the stream at the last comparison must have arrived by now, or were lost."""
        seen = self.seen
        last = (await self.bounds()).last
        if last < seen:
            _log.warning("event_stream_began_anew", seen=seen, last=last)
            self.seen = last
            self._recent.clear()
            self._resync(cursor=0)
        elif seen < announced:
            _log.warning("live_events_lost", seen=seen, announced=announced)
            self.seen = max(self.seen, announced)
            self._resync()
        return last

    def _resync(self, cursor: int | None = None) -> None:
        for reader in self._all_readers():
            reader.fall_behind(cursor)

    def _all_readers(self) -> list[Reader]:
        return [reader for readers in self._readers.values() for reader in readers]


class _StoredMessage(msgspec.Struct, frozen=True):
    time: datetime


class _Stored(msgspec.Struct, frozen=True):
    message: _StoredMessage | None = None


class _StreamState(msgspec.Struct, frozen=True):
    messages: int
    first_seq: int
    last_seq: int
    first_ts: datetime


class _StreamInfo(msgspec.Struct, frozen=True):
    state: _StreamState


def _tell_age(event: LiveEvent) -> None:
    if isinstance(event.fact, facts.MessageStored):
        age = datetime.now(UTC) - event.fact.received_at
        metrics.LIVE_AGE_SECONDS.observe(max(0.0, age.total_seconds()))


def _event(headers: Mapping[str, str], payload: bytes) -> LiveEvent:
    fact = codec.decode(headers[subjects.TYPE_HEADER], payload)
    return LiveEvent(int(headers["Nats-Sequence"]), fact, int(headers.get("Nats-Last-Sequence", 0)))
