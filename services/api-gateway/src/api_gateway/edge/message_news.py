"""Tells every replica what was changed in an inbox: marks, tags and deletions, for live channels that show them.

Arrivals are events of the stream (mayfly.bus.live) and are not told here. News is broadcast, not stored: a replica that
is not connected to the broker misses it, so after a reconnect every follower is told that anything may have changed.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any, Literal

import msgspec
import structlog

from api_gateway.edge.known_inboxes import InboxChange
from mayfly.events.subjects import CONTROL_INBOX_NEWS, CONTROL_MESSAGES_CHANGED
from mayfly.failures import TransientFailure

if TYPE_CHECKING:
    from mayfly.bus.connection import Bus

_log = structlog.get_logger()
_KEPT = 1_000
_NAMED = 200  # messages in one piece of news, as in Mailpit's


class Change(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename={"inbox_id": "space"}):
    """What happened to messages of an inbox; `inbox_id` None: of any inbox of the account.

    `what`: `read` or `unread`, `tagged` (all have `tags` then), `deleted`; `emptied`: all were deleted; `anything`:
    many messages changed, or news was lost. `ids`: of the messages; empty for the last two.
    """

    inbox_id: str | None
    what: Literal["read", "unread", "tagged", "deleted", "emptied", "anything"]
    ids: Sequence[str] = ()
    tags: Sequence[str] = ()


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Change)
_inbox_decoder = msgspec.json.Decoder(InboxChange)


class Changes:
    """The changes of one inbox, or of an account, for one reader, in order.

    One that reads too slowly gets `anything` instead. `inbox_id` None: of an account.
    """

    def __init__(self, inbox_id: str | None) -> None:
        self._inbox_id = inbox_id
        self._queue: asyncio.Queue[Change | InboxChange] = asyncio.Queue()

    async def next(self) -> Change | InboxChange:
        return await self._queue.get()

    def miss(self) -> None:
        """Something was lost."""
        self.offer(Change(inbox_id=self._inbox_id, what="anything"))

    def offer(self, change: Change | InboxChange) -> None:
        if self._queue.qsize() < _KEPT:
            self._queue.put_nowait(change)
            return
        while not self._queue.empty():
            self._queue.get_nowait()
        self._queue.put_nowait(Change(inbox_id=self._inbox_id, what="anything"))


class MessageNews:
    """Announces changes, and hands those that any replica announces to the followers in this process.

    `account_of`: the account of a live inbox, asked only while somebody follows an account.
    """

    def __init__(self, bus: "Bus", account_of: Callable[[str], Awaitable[str | None]]) -> None:
        self._bus = bus
        self._account_of = account_of
        self._followers: defaultdict[str, set[Changes]] = defaultdict(set)
        self._of_accounts: defaultdict[str, set[Changes]] = defaultdict(set)

    async def listen(self) -> None:
        """Receive the news of all replicas from now on."""
        await self._bus.listen(CONTROL_MESSAGES_CHANGED, self._hand_out)
        await self._bus.listen(CONTROL_INBOX_NEWS, self._hand_out_inbox)
        self._bus.on_reconnect(self._tell_of_a_gap)

    def follow(self, inbox_id: str) -> AbstractContextManager[Changes]:
        """The changes of messages of an inbox while the context lasts."""
        return _following(self._followers, inbox_id, Changes(inbox_id))

    def follow_account(self, account_id: str) -> AbstractContextManager[Changes]:
        """The changes of inboxes of an account, and of their messages, while the context lasts."""
        return _following(self._of_accounts, account_id, Changes(None))

    async def tell(self, change: Change) -> None:
        """Announce a change that is done."""
        try:
            await self._bus.broadcast(CONTROL_MESSAGES_CHANGED, _encoder.encode(change))
        except TransientFailure as failure:
            _log.warning("message_news_lost", what=change.what, reason=failure.reason)

    async def read(self, marks: Sequence[tuple[str, str]]) -> None:
        """Announce that messages were marked as read; each with the id of its inbox before its own."""
        by_inbox: defaultdict[str, list[str]] = defaultdict(list)
        for inbox_id, message_id in marks:
            by_inbox[inbox_id].append(message_id)
        for inbox_id, ids in by_inbox.items():
            await self.changed(inbox_id, "read", ids)

    async def changed(
        self, inbox_id: str, what: Literal["read", "unread", "tagged", "deleted"], ids: Sequence[str], **more: Any
    ) -> None:
        """Announce what was done to these messages; without their ids if they are many."""
        if len(ids) > _NAMED:
            await self.tell(Change(inbox_id=inbox_id, what="anything"))
        elif ids:
            await self.tell(Change(inbox_id=inbox_id, what=what, ids=ids, **more))

    async def _hand_out(self, _: str, payload: bytes) -> None:
        change = _decoder.decode(payload)
        for changes in self._followers.get(change.inbox_id or "", ()):
            changes.offer(change)
        if self._of_accounts and change.inbox_id:
            try:
                account_id = await self._account_of(change.inbox_id)
            except TransientFailure:
                self._tell_accounts_of_a_gap()
            else:
                for changes in self._of_accounts.get(account_id or "", ()):
                    changes.offer(change)

    async def _hand_out_inbox(self, _: str, payload: bytes) -> None:
        change = _inbox_decoder.decode(payload)
        for changes in self._of_accounts.get(change.account_id, ()):
            changes.offer(change)

    def _tell_of_a_gap(self) -> None:
        for followers in self._followers.values():
            for changes in followers:
                changes.miss()
        self._tell_accounts_of_a_gap()

    def _tell_accounts_of_a_gap(self) -> None:
        for followers in self._of_accounts.values():
            for changes in followers:
                changes.miss()


@contextmanager
def _following(followers: defaultdict[str, set[Changes]], holder_id: str, changes: Changes) -> Iterator[Changes]:
    followers[holder_id].add(changes)
    try:
        yield changes
    finally:
        followers[holder_id].discard(changes)
        if not followers[holder_id]:
            del followers[holder_id]
