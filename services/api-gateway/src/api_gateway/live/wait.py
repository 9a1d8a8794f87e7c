"""Waits for a matching mail, or proves that none arrived; called by live.wait_routes."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import structlog

from api_gateway.edge.caller import Caller
from api_gateway.edge.consistency import Consistency
from api_gateway.edge.turns import Turns
from api_gateway.inboxes import Reach, ReadMarks
from api_gateway.live.channels import Channels
from api_gateway.live.following import Ended, Following
from api_gateway.live.matchers import Matchers
from api_gateway.live.recheck import Recheck
from api_gateway.live.rules import is_ahead, is_too_old
from api_gateway.patterns.search import Search
from api_gateway.refusals import BadInput, Gone
from mayfly.events.facts import MessageStored
from mayfly.failures import TransientFailure
from mayfly.records.inbox import Inbox
from mayfly.records.live import LiveEvent
from mayfly.records.message import Message, MessageFilter
from mayfly.service.clock import Clock

if TYPE_CHECKING:
    from mayfly.bus.backlog import MailBacklog
    from mayfly.bus.live import LiveEvents
    from mayfly.children.pool import Pool
    from mayfly.store.inboxes import Inboxes
    from mayfly.store.messages import Messages

_log = structlog.get_logger()

LONGEST_SECONDS = 60
_NEAR_MISSES = 10
_ALREADY_THERE = 100
_READING_SECONDS = 5.0
# How long to wait for mail that was received in time to be parsed.
_DRAIN_SECONDS = 15.0
_POLLS = (0.01, 0.02, 0.05, 0.1, 0.2)
_LOOK_CLOSER_AFTER = len(_POLLS)
_ENDINGS = {"expired": "the inbox expired during the wait", "deleted": "the inbox was deleted during the wait"}


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A mail that arrived and did not match; `failed` names the criteria."""

    id: str
    subject: str
    failed: list[str]


@dataclass(frozen=True, slots=True)
class Found:
    """A matching mail. `cursor`: position of its event, where the next wait continues.

    `is_announced`: whether that event is in the stream; without it, the cursor is one from before.
    """

    message: Message
    cursor: int
    is_announced: bool = True


@dataclass(frozen=True, slots=True)
class TimedOut:
    """Nothing matched up to `cursor`."""

    cursor: int
    near_misses: list[NearMiss]


@dataclass(frozen=True, slots=True)
class NoneCame:
    """No mail received up to `drained_up_to` (a sequence of the stream MAIL) matched; all of it was parsed and checked.

    `cursor`: position in the event stream, where the next wait continues.
    """

    cursor: int
    drained_up_to: int


@dataclass(slots=True)
class _Search:
    """The search of one waiting call in one inbox."""

    following: Following
    matchers: Matchers
    messages: "Messages"
    recheck: Recheck
    search: Search
    turns: Turns
    holder: str
    misses: dict[str, NearMiss] = field(default_factory=dict)

    async def already_there(self) -> Message | None:
        """The newest matching message among the newest 100 of the inbox."""
        extent = await self.following.extent()
        # Mostly it is the newest, which costs one query then.
        newest = await self._matching(lambda: self.messages.latest(extent))
        if newest is not None or not self.misses:
            return newest
        for summary in await self.messages.summaries(extent, MessageFilter(), limit=_ALREADY_THERE):
            if summary.id not in self.misses:
                message = await self._matching(partial(self.messages.get, summary.id))
                if message is not None:
                    return message
        return None

    async def coming(self, until: float) -> Found | None:
        """The first matching message that arrives before `until` (loop time). Raises Gone when the inbox ends.

        After `until`, events that are already in the stream are still read, for at most 5 s.
        """
        loop = asyncio.get_running_loop()
        while True:
            event = await self.following.next(until - loop.time())
            if event is None:
                return await self.unannounced()
            if isinstance(event, Ended):
                raise Gone(_ENDINGS[event.reason])
            found = await self.found_in(event)
            if found is not None or loop.time() > until + _READING_SECONDS:
                return found

    async def unannounced(self) -> Found | None:
        """The first matching message that is stored while the event stream has no room for its event."""
        for message_id in await self.messages.unannounced_in(await self.following.extent()):
            read = partial(self.messages.get, message_id)
            message = None if message_id in self.misses else await self._matching(read)
            if message is not None:
                await self.recheck()
                return Found(message, self.following.reader.cursor)
        return None

    async def stored(self) -> Found | None:
        """The first matching message among the events already in the stream after the reader's cursor."""
        while event := await self.following.stored():
            found = await self.found_in(event)
            if found is not None:
                return found
        return None

    async def found_in(self, event: LiveEvent) -> Found | None:
        fact = event.fact
        if not isinstance(fact, MessageStored) or fact.message_id in self.misses:
            return None
        message = await self._matching(partial(self.messages.get, fact.message_id))
        if message is None:
            return None
        await self.recheck()
        return Found(message, event.sequence)

    def near_misses(self) -> list[NearMiss]:
        """The newest mails that did not match."""
        newest_first = sorted(self.misses.values(), key=lambda miss: miss.id, reverse=True)
        return newest_first[:_NEAR_MISSES]

    async def _matching(self, read: Callable[[], Awaitable[Message | None]]) -> Message | None:
        async with self.turns.turn(self.holder):
            message = await read()
            failed = await self.matchers.failed_by(message, self.search) if message else []
        if message is not None and failed:
            self.misses[message.id] = NearMiss(message.id, message.subject, failed)
            return None
        return message


@dataclass(frozen=True, slots=True)
class Waits:
    """Turns to hold a message and look into it: `searching` with regular expressions, `folding` with another criterion
    for bodies, `reading` without, so that what needs no search process never waits for one.
    """

    live: "LiveEvents"
    backlog: "MailBacklog"
    inboxes: "Inboxes"
    messages: "Messages"
    reach: Reach
    consistency: Consistency
    marks: ReadMarks
    channels: Channels
    clock: Clock
    processes: "Pool"
    reading: Turns
    folding: Turns
    searching: Turns

    async def wait(
        self, caller: Caller, name: str, matchers: Matchers, *, after: int | None, seconds: float, recheck: Recheck
    ) -> Found | TimedOut:
        """The newest matching mail acknowledged before the call, or else the first that arrives within `seconds`.

        With `after`: the first one whose event is after that cursor. Raises NotFound, Gone when the
        inbox ends meanwhile or the cursor is too old, LimitExceeded, TransientFailure (also when the process stops).
        """
        until = asyncio.get_running_loop().time() + seconds
        with self.channels.seat(caller, "wait"):
            async with self._searching(caller, name, matchers, after, recheck) as search:
                is_settled = after is not None or await self.consistency.is_settled(search.following.inbox.id)
                found = await self._there(search, after) or await search.coming(until)
                if found and after is None and not (is_settled and found.is_announced):
                    found = await self._newest_settled(search) or found
                return found or TimedOut(search.following.reader.cursor, search.near_misses())

    async def none(
        self, caller: Caller, name: str, matchers: Matchers, *, after: int | None, seconds: float, recheck: Recheck
    ) -> Found | NoneCame:
        """A matching mail that is there or arrives within `seconds`, or the proof that there is none.

        With `after`, only events after that cursor count. Raises like `wait`, and TransientFailure if mail received in
        time is still not parsed after 15 s.
        """
        until = asyncio.get_running_loop().time() + seconds
        with self.channels.seat(caller, "none"):
            async with self._searching(caller, name, matchers, after, recheck) as search:
                found = await self._there(search, after) or await search.coming(until)
                if found and after is None and not found.is_announced:
                    found = await self._newest_settled(search) or found
                return found or await self._proof(search)

    @asynccontextmanager
    async def _searching(
        self, caller: Caller, name: str, matchers: Matchers, after: int | None, recheck: Recheck
    ) -> AsyncIterator[_Search]:
        inbox = await self.reach.inbox(caller, name)
        await self.marks.settled(inbox.id)
        search = Search(self.processes)
        turns = self.folding if matchers.reads_bodies else self.reading
        if matchers.search_elsewhere:
            turns = self.searching
            async with turns.turn(caller.subject):
                await matchers.check(search)
        if after is not None:
            await self._require_good(after, inbox)
        with self.live.reader(inbox.id, after) as reader:
            following = Following(reader, inbox, self.inboxes, self.reach.extent, self.clock)
            yield _Search(following, matchers, self.messages, recheck, search, turns, caller.subject)

    async def _require_good(self, cursor: int, inbox: Inbox) -> None:
        bounds = await self.live.bounds()
        if is_ahead(cursor, bounds):
            raise BadInput("unknown cursor", field="after")
        if is_too_old(cursor, bounds, inbox.created_at):
            raise Gone("this cursor is too old to resume from; list the messages again", field="after")

    async def _there(self, search: _Search, after: int | None) -> Found | None:
        """The newest match in the inbox; None with a cursor, since then the reader delivers every match."""
        message = await search.already_there() if after is None else None
        if message is None:
            return None
        start = search.following.reader.cursor
        sequence = await self.live.sequence_of(message.inbox_id, message.id, message.stored_at)
        return Found(message, start, is_announced=False) if sequence is None else Found(message, sequence)

    async def _newest_settled(self, search: _Search) -> Found | None:
        """The newest match, after all mail acknowledged before is stored and announced: a second at most.

        A cursor from before the message's event would lead to it again: a stale code for the next wait.
        """
        inbox_id = search.following.inbox.id
        try:
            await self.consistency.settled(inbox_id)
        except TransientFailure as failure:
            _log.warning("wait_did_not_settle", inbox_id=inbox_id, reason=failure.reason)
        return await self._there(search, after=None)

    async def _proof(self, search: _Search) -> Found | NoneCame:
        """Wait until all mail received so far is parsed, then check the rest of the stream."""
        received = await self.backlog.newest()
        await self._drain(search.following.inbox.id, received)
        cursor = (await self.live.bounds()).last
        # In this order: a message leaves the first for the second when it is announced.
        found = await search.unannounced() or await search.stored()
        return found or NoneCame(max(cursor, search.following.reader.cursor), received)

    async def _drain(self, inbox_id: str, received: int) -> None:
        deadline = asyncio.get_running_loop().time() + _DRAIN_SECONDS
        polls = 0
        while not await self._is_drained(inbox_id, received, closely=polls >= _LOOK_CLOSER_AFTER):
            if asyncio.get_running_loop().time() > deadline:
                raise TransientFailure("mail that was received in time is still being parsed", retry_after=5)
            self.live.require_open()
            await asyncio.sleep(_POLLS[min(polls, len(_POLLS) - 1)])
            polls += 1

    async def _is_drained(self, inbox_id: str, received: int, *, closely: bool) -> bool:
        if await self.backlog.is_drained(received):
            return True
        return closely and await self.backlog.is_drained_of(inbox_id, up_to=received)
