"""Caches live inboxes, so that most calls find theirs without asking the store; told of changes on every replica.

Read by inboxes.reach. An inbox ends exactly at its time, because its expiry is compared with the clock at each look. A
change is forgotten by this replica before the call that made it is answered, and by the others as soon as they receive
the broadcast, as it is with keys (edge.credentials).
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

import msgspec
import structlog

from mayfly.events.subjects import (
    CONTROL_DOMAIN_CHANGED,
    CONTROL_FAULT_PLAN_CHANGED,
    CONTROL_INBOX_CHANGED,
    CONTROL_INBOX_NEWS,
)
from mayfly.failures import TransientFailure
from mayfly.records.inbox import Inbox

if TYPE_CHECKING:
    from mayfly.bus.connection import Bus

_log = structlog.get_logger()
_KEPT_FOR = timedelta(seconds=30)
_encoder = msgspec.json.Encoder()


class KnownInboxes:
    """A cache of live inboxes by id and by address: 10,000 at most, each valid for 30 s.

    `is_connected`: whether this process receives changes; while it does not, the cache returns nothing.
    """

    def __init__(self, is_connected: Callable[[], bool], most: int = 10_000) -> None:
        self._is_connected = is_connected
        self._most = most
        self._known: OrderedDict[str, tuple[Inbox, datetime]] = OrderedDict()
        self._ids: dict[str, str] = {}
        self.generation = 0

    def get(self, name: str, now: datetime) -> Inbox | None:
        """The inbox with this id or address, in normal form, if it is known and live."""
        kept = self._known.get(self._ids.get(name, name))
        if kept is None or not self._is_connected():
            return None
        inbox, since = kept
        # A clock that was set back must not make an entry last longer.
        return inbox if timedelta() <= now - since < _KEPT_FOR and inbox.is_live(now) else None

    def keep(self, inboxes: Iterable[Inbox], now: datetime, generation: int) -> None:
        """Cache inboxes as read at `now`, unless anything was forgotten since `generation`: they might be stale."""
        if generation != self.generation:
            return
        for inbox in inboxes:
            self._known[inbox.id] = (inbox, now)
            self._known.move_to_end(inbox.id)
            self._ids[inbox.address] = inbox.id
            if len(self._known) > self._most:
                self._forget_id(next(iter(self._known)))

    def forget(self, address: str) -> None:
        """Forget the inbox with this address, and what is being read."""
        self.generation += 1
        if inbox_id := self._ids.get(address):
            self._forget_id(inbox_id)

    def forget_domain(self, name: str) -> None:
        """Forget all inboxes on this domain, and the space that takes all mail of it."""
        self.generation += 1
        for inbox_id in [inbox.id for inbox, _ in self._known.values() if name in (inbox.domain, *inbox.domains)]:
            self._forget_id(inbox_id)

    def forget_all(self) -> None:
        self.generation += 1
        self._known.clear()
        self._ids.clear()

    def _forget_id(self, inbox_id: str) -> None:
        inbox, _ = self._known.pop(inbox_id)
        if self._ids.get(inbox.address) == inbox_id:
            del self._ids[inbox.address]


class InboxChange(msgspec.Struct, frozen=True, kw_only=True):
    """What happened to an inbox of an account."""

    inbox_id: str
    account_id: str
    address: str
    what: Literal["created", "changed", "deleted"]


@dataclass(frozen=True, slots=True)
class InboxNews:
    """Announces changes of inboxes: this replica forgets them before it returns, the others and smtp-ingest soon."""

    known: KnownInboxes
    broadcaster: "Bus"

    async def changed(self, inbox: Inbox, what: Literal["changed", "deleted"] = "changed") -> None:
        """An inbox was changed or has ended. Raises TransientFailure when the others cannot be reached."""
        self.known.forget(inbox.address)
        await self.broadcaster.broadcast(CONTROL_INBOX_CHANGED, inbox.address.encode())
        await self.tell(inbox, what)

    async def tell(self, inbox: Inbox, what: Literal["created", "changed", "deleted"]) -> None:
        """Tell the live channels of the inbox's account, if it has one; they may miss it."""
        if inbox.account_id is None:
            return
        change = InboxChange(inbox_id=inbox.id, account_id=inbox.account_id, address=inbox.address, what=what)
        try:
            await self.broadcaster.broadcast(CONTROL_INBOX_NEWS, _encoder.encode(change))
        except TransientFailure as failure:
            _log.warning("inbox_news_lost", what=what, reason=failure.reason)

    async def fault_plan_changed(self, inbox: Inbox) -> None:
        """Like `changed`, and smtp-ingest has forgotten the inbox before this returns: the next transaction counts."""
        await self.changed(inbox)
        await self.broadcaster.tell_all(CONTROL_FAULT_PLAN_CHANGED, inbox.address.encode())

    async def domain_changed(self, name: str) -> None:
        """A domain takes other mail now, or inboxes on it have ended. Raises like `changed`."""
        self.known.forget_domain(name)
        await self.broadcaster.broadcast(CONTROL_DOMAIN_CHANGED, name.encode())
