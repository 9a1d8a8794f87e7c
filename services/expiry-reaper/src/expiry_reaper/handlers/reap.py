"""One batch of ended inboxes: claimed, receipted, emptied, announced, removed, in that order.

A crash at any point leaves the inboxes claimed; when the lease is over, the batch is done again from the start, and
every step bears repeating. The receipts of the first time count, for by the second the messages may be gone.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import TYPE_CHECKING
from uuid import uuid4

import structlog

from expiry_reaper import metrics
from expiry_reaper.handlers.late import LateMail
from mayfly.events import facts
from mayfly.records.inbox import Inbox
from mayfly.records.receipt import Ending, Receipt
from mayfly.service.clock import Clock

if TYPE_CHECKING:
    from mayfly.bus.forgetting import Forgetting
    from mayfly.bus.publisher import Publisher
    from mayfly.store.deliveries import Deliveries
    from mayfly.store.endpoints import Endpoints
    from mayfly.store.inboxes import Inboxes
    from mayfly.store.messages import Messages
    from mayfly.store.octets import Octets
    from mayfly.store.receipts import Receipts

_log = structlog.get_logger()

# An endpoint of an inbox outlives it by the longest retry schedule, to tell that it expired.
_ENDPOINTS_LAST = timedelta(hours=36)


@dataclass(frozen=True)
class Holdings:
    """Where the things of an inbox lie."""

    messages: "Messages"
    octets: "Octets"
    deliveries: "Deliveries"
    endpoints: "Endpoints"
    streams: "Forgetting"


class Reap:
    """`lease_seconds`: for how long nobody else takes what this one claimed."""

    def __init__(
        self,
        *,
        inboxes: "Inboxes",
        holdings: Holdings,
        receipts: "Receipts",
        publisher: "Publisher",
        late: LateMail,
        clock: Clock,
        lease_seconds: float,
    ) -> None:
        self._inboxes = inboxes
        self._holdings = holdings
        self._receipts = receipts
        self._publisher = publisher
        self._late = late
        self._clock = clock
        self._lease = timedelta(seconds=lease_seconds)
        self._claiming = asyncio.Lock()

    async def __call__(self, limit: int) -> int:
        """Empty up to `limit` ended inboxes; returns how many there were. Raises TransientFailure."""
        started, now = monotonic(), self._clock()
        async with self._claiming:  # two at once would look at the same inboxes, and one of them in vain
            ended = await self._inboxes.lease_ended(now, lease=str(uuid4()), lease_until=now + self._lease, limit=limit)
        if not ended:
            return 0
        ids = [inbox.id for inbox in ended]
        counts = await self._receipt(ended, now)
        messages = await self._empty(ids, now)
        await self._publisher.publish_all([_told(inbox, counts, now) for inbox in ended])
        await self._inboxes.remove(ids)
        self._late.watch(ids, now)
        _report(ended, messages, monotonic() - started)
        return len(ended)

    async def measure_lag(self) -> None:
        """Tell how long the longest waiting inbox has been waiting. Raises TransientFailure."""
        now = self._clock()
        due = await self._inboxes.oldest_due(now)
        metrics.LAG_SECONDS.set((now - due).total_seconds() if due else 0)

    async def _receipt(self, ended: Sequence[Inbox], now: datetime) -> dict[str, int]:
        """How many messages each inbox held, noted for the owners first."""
        ids = [inbox.id for inbox in ended]
        held = await self._holdings.messages.holdings_of_inboxes(ids)
        owned = [_receipt(inbox, inbox.account_id, held, now) for inbox in ended if inbox.account_id]
        if not owned:
            return {inbox_id: held.get(inbox_id, (0, 0))[0] for inbox_id in ids}
        await self._receipts.insert_missing(owned)
        noted = await self._receipts.among([receipt.id for receipt in owned])
        return {
            inbox_id: noted[inbox_id].message_count if inbox_id in noted else held.get(inbox_id, (0, 0))[0]
            for inbox_id in ids
        }

    async def _empty(self, inbox_ids: Sequence[str], now: datetime) -> int:
        holdings = self._holdings
        messages, waiting, *_ = await asyncio.gather(
            holdings.messages.delete_of_inboxes(inbox_ids),
            holdings.deliveries.forget_messages_of(inbox_ids),
            holdings.octets.delete_of_inboxes(inbox_ids),
            holdings.endpoints.end_of_inboxes(inbox_ids, now + _ENDPOINTS_LAST),
            holdings.streams.messages_of(inbox_ids),
        )
        await holdings.streams.attempts_of(waiting)
        return messages


def _receipt(inbox: Inbox, account_id: str, held: Mapping[str, tuple[int, int]], now: datetime) -> Receipt:
    message_count, octets = held.get(inbox.id, (0, 0))
    return Receipt(
        id=inbox.id,
        account_id=account_id,
        address=inbox.address,
        ending=_ending(inbox),
        created_at=inbox.created_at,
        expires_at=inbox.expires_at,
        emptied_at=now,
        message_count=message_count,
        octets=octets,
    )


def _ending(inbox: Inbox) -> Ending:
    return inbox.status if inbox.status in ("deleted", "archived") else "expired"


def _told(inbox: Inbox, counts: Mapping[str, int], now: datetime) -> facts.Fact:
    """What its listeners are told. Of a deletion api-gateway told them at once; unless it died, this adds nothing."""
    if inbox.status == "deleted":
        return facts.InboxDeleted(facts.new_event_id(), inbox.id, inbox.account_id or "", inbox.address, now)
    return facts.InboxExpired(
        event_id=facts.new_event_id(),
        inbox_id=inbox.id,
        account_id=inbox.account_id or "",
        address=inbox.address,
        expired_at=inbox.expires_at or now,
        message_count=counts[inbox.id],
        archived=inbox.status == "archived",
    )


def _report(ended: Sequence[Inbox], messages: int, seconds: float) -> None:
    for inbox in ended:
        metrics.INBOXES.labels(_ending(inbox)).inc()
    metrics.MESSAGES.inc(messages)
    metrics.BATCH_SECONDS.observe(seconds)
    _log.info("reaped", inboxes=len(ended), messages=messages, seconds=round(seconds, 3))
