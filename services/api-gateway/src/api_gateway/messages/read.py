"""Reads messages: the list of an inbox, one message, its raw mail."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from api_gateway.edge.caller import Caller
from api_gateway.edge.paging import Page, page
from api_gateway.inboxes import Reach
from api_gateway.refusals import BadInput, NotFound
from mayfly.events.facts import MessageStored
from mayfly.records.inbox import Inbox
from mayfly.records.message import Message, MessageFilter, MessageSummary
from mayfly.records.octets import RAW
from mayfly.service.coalescer import Coalescer

if TYPE_CHECKING:
    from mayfly.bus.live import LiveEvents
    from mayfly.store.messages import Messages
    from mayfly.store.octets import Octets


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of messages. `complete_up_to`: cursor up to which all events are included in the list."""

    inbox: Inbox
    page: Page[MessageSummary]
    complete_up_to: int


@dataclass(frozen=True, slots=True)
class _ListQuery:
    """Key of the coalescer: equal simultaneous queries are sent to the store once."""

    inbox_id: str
    wanted: MessageFilter
    limit: int
    before: str | None
    among: tuple[str, ...] | None


class ReadMessages:
    def __init__(self, *, messages: "Messages", octets: "Octets", live: "LiveEvents", reach: Reach) -> None:
        self._messages = messages
        self._octets = octets
        self._live = live
        self._reach = reach
        self._lists: Coalescer[_ListQuery, None, list[MessageSummary]] = Coalescer(self._list)

    async def listing(
        self,
        caller: Caller,
        inbox_name: str,
        wanted: MessageFilter,
        *,
        limit: int,
        cursor: str | None = None,
        after: int | None = None,
    ) -> Listing:
        """A page of the inbox's messages, newest first; with `after` only those with events after that cursor.

        Raises NotFound, and BadInput for an `after` that no event has reached.
        """
        inbox = await self._reach.inbox(caller, inbox_name)
        if after is not None:
            await self._require_reached(after)
        complete_up_to = self._live.seen
        among = None if after is None else await self._announced(inbox.id, after)
        found = await self._lists.get(_ListQuery(inbox.id, wanted, limit + 1, cursor, among), None)
        return Listing(inbox, page(found, limit, lambda summary: summary.id), complete_up_to)

    async def one(self, caller: Caller, message_id: str, *, peek: bool = False) -> Message:
        """The message with bodies; marks it as read unless `peek`. Raises NotFound."""
        message = await self._reach.message(caller, message_id)
        if not peek and not message.is_read:
            await self._messages.mark_read(message_id)
        return message

    async def superseded_by(self, message: Message) -> str | None:
        """Id of the newest later message of the same sender that also has a code; None without one."""
        return await self._messages.superseded_by(message)

    async def raw(self, caller: Caller, message_id: str) -> bytes:
        """The raw mail as received. Raises NotFound."""
        await self._reach.message(caller, message_id)
        octets = await self._octets.get(message_id, RAW)
        if octets is None:
            raise NotFound("no such message")
        return octets

    async def _require_reached(self, after: int) -> None:
        # Another replica may have seen more than this one: the stream decides.
        if after > self._live.seen and after > (await self._live.bounds()).last:
            raise BadInput("unknown cursor", field="after")

    async def _announced(self, inbox_id: str, after: int) -> tuple[str, ...]:
        events = self._live.stored_since(inbox_id, after)
        return tuple([event.fact.message_id async for event in events if isinstance(event.fact, MessageStored)])

    async def _list(self, query: _ListQuery, callers: Sequence[None]) -> Sequence[list[MessageSummary]]:
        found = await self._messages.summaries(
            query.inbox_id, query.wanted, limit=query.limit, before=query.before, among=query.among
        )
        return [found] * len(callers)
