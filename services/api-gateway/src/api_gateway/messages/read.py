"""Reads messages: the list of an inbox, one message, its raw mail, the newest with bodies, a just injected one."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING

from msgspec import structs

from api_gateway.edge.caller import Caller
from api_gateway.edge.paging import Page, page
from api_gateway.edge.turns import Turns
from api_gateway.inboxes import Reach, ReadMarks
from api_gateway.messages.rules import is_recent
from api_gateway.refusals import BadInput, NotFound, found
from mayfly.events.facts import MessageStored
from mayfly.failures import TransientFailure
from mayfly.records.inbox import Extent, Inbox
from mayfly.records.message import Message, MessageFilter, MessageSummary
from mayfly.records.octets import RAW
from mayfly.service.coalescer import Coalescer, batched, lane_of

if TYPE_CHECKING:
    from mayfly.bus.live import LiveEvents
    from mayfly.store.messages import Messages
    from mayfly.store.octets import Octets

# Characters of all bodies in one response: bounds the memory of one request.
_CHARACTERS = 8 * 1024 * 1024
_NEWEST = 100
# Seconds between polls: about 8 s in all, within the 10 s that clients wait for a response.
_PATIENCE = (*[0.01] * 20, *[0.05] * 20, *[0.25] * 27)

_LINK_PATIENCE = (*[0.01] * 20, *[0.1] * 48)

_EVERY = MessageFilter()
_Code = tuple[Message, str | None]
"""A message, and the id of a later one with a code that probably replaces its own."""


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of messages. `complete_up_to`: cursor up to which all events are included in the list."""

    inbox: Inbox
    page: Page[MessageSummary]
    complete_up_to: int


@dataclass(frozen=True, slots=True)
class _ListQuery:
    """Key of the coalescer: equal simultaneous queries are sent to the store once."""

    extent: Extent
    wanted: MessageFilter
    limit: int
    before: str | None
    among: tuple[str, ...] | None


class ReadMessages:
    def __init__(
        self,
        *,
        messages: "Messages",
        octets: "Octets",
        live: "LiveEvents",
        reach: Reach,
        marks: ReadMarks,
        searches: Turns | None = None,
    ) -> None:
        self._messages = messages
        self.marks = marks
        self._octets = octets
        self._live = live
        self._reach = reach
        self._searches = searches or Turns(1)
        self._codes: Coalescer[int, str, _Code | None] = Coalescer(self._read_codes)
        self._lists: Coalescer[_ListQuery, None, list[MessageSummary]] = Coalescer(self._list)
        self._first_pages: Coalescer[int, tuple[Extent, int], list[MessageSummary]] = Coalescer(self._list_newest)

    async def listing(
        self,
        caller: Caller,
        inbox_name: str,
        wanted: MessageFilter,
        *,
        limit: int,
        cursor: str | None = None,
        after: int | None = None,
        consistent: bool = False,
    ) -> Listing:
        """A page of the inbox's messages, newest first; with `after` only those with events after that cursor.

        `consistent`: with all mail that was acknowledged before. Raises NotFound, BadInput for an `after` that no event
        has reached, TransientFailure.
        """
        inbox = await self._reach.inbox(caller, inbox_name, consistent=consistent)
        if after is not None:
            await self._require_reached(after)
        await self.marks.settled(inbox.id)
        complete_up_to = self._live.seen
        among = None if after is None else await self._announced(inbox.id, after)
        extent = await self._reach.extent(inbox)
        if wanted == _EVERY and cursor is None and among is None:
            summaries = await self._first_pages.get(lane_of(inbox.id), (extent, limit + 1))
        else:
            summaries = await self._lists.get(_ListQuery(extent, wanted, limit + 1, cursor, among), None)
        return Listing(inbox, page(summaries, limit, lambda summary: summary.id), complete_up_to)

    async def one(self, caller: Caller, message_id: str, *, peek: bool = False) -> Message:
        """The message with bodies; marks it as read unless `peek`. Raises NotFound."""
        is_marked = self.marks.is_marked(message_id)
        return await self._marked(await self._reach.message(caller, message_id), is_marked, is_read=not peek)

    async def linked(self, caller: Caller, message_id: str, *, peek: bool) -> Message:
        """The message with bodies, for whoever has its id if its space has no owner; marks it as read unless `peek`.

        Without `peek` it waits up to five seconds for one that is just being stored. Raises NotFound.
        """
        if not peek and is_recent(message_id, time.time()):
            for patience in _LINK_PATIENCE:
                if await self._messages.existing([message_id]):
                    break
                await asyncio.sleep(patience)
        is_marked = self.marks.is_marked(message_id)
        return await self._marked(await self._reach.linked_message(caller, message_id), is_marked, is_read=not peek)

    async def without_bodies(self, caller: Caller, message_id: str) -> Message:
        """The message without bodies, header fields and candidates of codes; it is not marked. Raises NotFound."""
        return await self._reach.message(caller, message_id, bodies=False)

    async def code(self, caller: Caller, message_id: str) -> tuple[Message, str | None]:
        """The message without bodies, and the id of the newest later one of the same sender that also has a code.

        Raises NotFound.
        """
        message, newer = found(await self._codes.get(lane_of(message_id), message_id), "no such message")
        if not await self._reach.may_read(caller, message):
            raise NotFound("no such message")
        return message, newer

    async def raw(self, message: Message) -> bytes:
        """The raw mail, as received, of a message that the caller may read. Raises NotFound."""
        return found(await self._octets.get(message.id, RAW), "no such message")

    async def newest(self, caller: Caller, inbox_name: str) -> tuple[Inbox, list[Message]]:
        """The inbox and its newest messages with bodies: up to 100 messages and 8 Mi characters. Raises NotFound."""
        inbox = await self._reach.inbox(caller, inbox_name)
        await self.marks.settled(inbox.id)
        extent = await self._reach.extent(inbox)
        return inbox, await self._messages.newest(extent, _NEWEST, characters=_CHARACTERS)

    async def in_inbox(self, caller: Caller, inbox_name: str, message_id: str, *, is_read: bool = False) -> Message:
        """The message, if it is in this inbox; `is_read` marks it read. Raises NotFound."""
        is_marked = self.marks.is_marked(message_id)
        inbox = await self._reach.inbox(caller, inbox_name)
        message = await self._reach.message(caller, message_id)
        if message.inbox_id != inbox.id:
            raise NotFound("no such message")
        return await self._marked(message, is_marked, is_read=is_read)

    async def awaited(self, caller: Caller, message_id: str) -> Message:
        """An injected message, as soon as the parser has stored it. Raises TransientFailure after about 8 s."""
        for patience in _PATIENCE:
            if await self._messages.existing([message_id]):
                return await self._reach.message(caller, message_id)
            await asyncio.sleep(patience)
        raise TransientFailure("the mail was accepted but is not stored yet", retry_after=1)

    async def _marked(self, message: Message, is_marked: bool, *, is_read: bool) -> Message:
        """The message as it is once a mark that waited is written; `is_read`: mark it, if it is not."""
        if message.is_read:
            return message
        if is_marked:
            return structs.replace(message, is_read=True)
        if is_read:
            await self.marks.add(message.inbox_id, message.id)
        return message

    async def _require_reached(self, after: int) -> None:
        # Another replica may have seen more than this one: the stream decides.
        if after > self._live.seen and after > (await self._live.bounds()).last:
            raise BadInput("unknown cursor", field="after")

    async def _announced(self, inbox_id: str, after: int) -> tuple[str, ...]:
        events = self._live.stored_since(inbox_id, after)
        return tuple([event.fact.message_id async for event in events if isinstance(event.fact, MessageStored)])

    async def _read_codes(self, _: int, message_ids: Sequence[str]) -> Sequence[_Code | None]:
        codes: dict[str, _Code] = {}
        for ids in batched(message_ids):
            codes |= await self._messages.with_superseding(ids)
        return [codes.get(message_id) for message_id in message_ids]

    async def _list_newest(self, _: int, wishes: Sequence[tuple[Extent, int]]) -> Sequence[list[MessageSummary]]:
        pages: dict[tuple[Extent, int], list[MessageSummary]] = {}
        for batch in batched(wishes):
            pages |= await self._messages.newest_summaries(batch)
        return [pages[wish] for wish in wishes]

    async def _list(self, query: _ListQuery, callers: Sequence[None]) -> Sequence[list[MessageSummary]]:
        # A search that finds little looks at every message of the inbox.
        turn = nullcontext() if query.wanted.search is None else self._searches.turn(query.extent.inbox_id)
        async with turn:
            summaries = await self._messages.summaries(
                query.extent, query.wanted, limit=query.limit, before=query.before, among=query.among
            )
        return [summaries] * len(callers)
