"""Produces the notices of the event stream of an account: all its inboxes and spaces; called by live.account_routes."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from api_gateway.edge.caller import Caller
from api_gateway.edge.message_news import MessageNews
from api_gateway.inboxes import Reach
from api_gateway.live.channels import Channels
from api_gateway.live.merging import merged
from api_gateway.live.recheck import Recheck
from api_gateway.live.rules import is_ahead, is_too_old
from api_gateway.live.watch import PING_SECONDS, Connected, Next, Notice, Reset, notices_of
from mayfly.events.facts import MessageStored
from mayfly.records.inbox import is_space_id
from mayfly.records.live import LiveEvent

if TYPE_CHECKING:
    from mayfly.bus.account_live import AccountReader, InboxIds
    from mayfly.bus.live import LiveEvents
    from mayfly.store.inboxes import Inboxes

# A cursor that is older than the stream may have missed mail of an inbox that has ended since.
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class AccountStreams:
    """Opens event streams of accounts. `read`: makes a reader of an account's events.

    `stall_seconds`: a reader that reads nothing for this long is disconnected.
    """

    live: "LiveEvents"
    read: "Callable[[str, InboxIds, int | None], AccountReader]"
    inboxes: "Inboxes"
    reach: Reach
    channels: Channels
    news: MessageNews
    stall_seconds: float

    @asynccontextmanager
    async def watch(
        self, caller: Caller, after: int | None, recheck: Recheck, *, changes: bool = False
    ) -> AsyncIterator[AsyncGenerator[Notice, None]]:
        """Context manager: an iterator over the notices of the caller's account. It ends only by revocation or stop.

        `changes`: also what any client changes. Raises LimitExceeded and TransientFailure on entering.
        """
        async with AsyncExitStack() as stack:
            stack.enter_context(self.channels.seat(caller, "sse"))
            stack.enter_context(recheck)
            cursor, reason = await self._start(after)
            reader = stack.enter_context(self.read(caller.account, self._ids_of(caller), cursor))
            connected = Connected("", reader.cursor)
            upcoming: Next = _AccountFollowing(reader, self.reach).next
            if changes:
                news = stack.enter_context(self.news.follow_account(caller.account))
                upcoming = await stack.enter_async_context(merged(upcoming, news.next))
            reset = Reset("", reason) if reason else None
            notices = notices_of(upcoming, recheck, connected, reset)
            yield await stack.enter_async_context(aclosing(notices))

    async def _start(self, after: int | None) -> tuple[int | None, str]:
        """The cursor to read from, and why the client's cannot be used, if so."""
        if after is None:
            return None, ""
        bounds = await self.live.bounds()
        if is_ahead(after, bounds):
            return bounds.last, "unknown cursor"
        if is_too_old(after, bounds, _LONG_AGO):
            return bounds.first - 1, "the cursor is too old to resume from"
        return after, ""

    def _ids_of(self, caller: Caller) -> "InboxIds":
        async def ids() -> list[str]:
            return await self.inboxes.ids_of_account(caller.account)

        return ids


class _AccountFollowing:
    """Reads the events of an account, and passes over messages that a space keeps no longer."""

    def __init__(self, reader: "AccountReader", reach: Reach) -> None:
        self._reader = reader
        self._reach = reach

    async def next(self) -> LiveEvent | None:
        """The next event; None after a while without one. Raises TransientFailure."""
        while event := await self._reader.next(PING_SECONDS):
            fact = event.fact
            if not isinstance(fact, MessageStored) or not is_space_id(fact.inbox_id):
                return event
            if await self._reach.is_kept(fact.inbox_id, fact.message_id):
                return event
        return None
