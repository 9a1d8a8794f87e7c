"""Processes one batch of ended inboxes: lease, write receipts, delete contents, publish events, remove, in that order.

After a crash the inboxes stay leased; when the lease ends, another reaper repeats the batch. Every step is idempotent.
The first receipts are kept, because the messages may be deleted by the time of the second run.
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
    from mayfly.store.identities import Identities
    from mayfly.store.inboxes import Inboxes
    from mayfly.store.messages import Messages
    from mayfly.store.octets import Octets
    from mayfly.store.receipts import Receipts
    from mayfly.store.smtp_logins import SmtpLogins

_log = structlog.get_logger()

# An inbox's endpoint is kept for the longest retry schedule, so that it can still deliver `inbox.expired`.
_ENDPOINTS_LAST = timedelta(hours=36)


@dataclass(frozen=True)
class Holdings:
    """The collections and streams that hold contents of inboxes, and the logins of spaces."""

    messages: "Messages"
    octets: "Octets"
    deliveries: "Deliveries"
    endpoints: "Endpoints"
    logins: "SmtpLogins"
    identities: "Identities"
    streams: "Forgetting"


class Reap:
    """`lease_seconds`: how long other reapers leave a leased inbox alone."""

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
        self._leasing = asyncio.Lock()

    async def __call__(self, limit: int) -> int:
        """Process up to `limit` ended inboxes; returns their number. Raises TransientFailure."""
        started, now = monotonic(), self._clock()
        async with self._leasing:  # two at once would read the same inboxes, and one would get none
            ended = await self._inboxes.lease_ended(now, lease=str(uuid4()), lease_until=now + self._lease, limit=limit)
        if not ended:
            return 0
        ids = [inbox.id for inbox in ended]
        counts = await self._receipt(ended, now)
        messages = await self._empty(ids, now)
        await self._publisher.publish_all([_event(inbox, counts, now) for inbox in ended])
        await self._inboxes.remove(ids)
        self._late.watch(ids, now)
        _report(ended, messages, monotonic() - started)
        return len(ended)

    async def measure_lag(self) -> None:
        """Set the gauge of how long the oldest expired inbox has been waiting. Raises TransientFailure."""
        now = self._clock()
        due = await self._inboxes.oldest_due(now)
        metrics.LAG_SECONDS.set((now - due).total_seconds() if due else 0)

    async def _receipt(self, ended: Sequence[Inbox], now: datetime) -> dict[str, int]:
        """Write receipts for inboxes with an owner; returns the number of messages of each inbox."""
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
            asyncio.gather(
                holdings.logins.delete_of_spaces(inbox_ids), holdings.identities.delete_of_inboxes(inbox_ids)
            ),
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


def _event(inbox: Inbox, counts: Mapping[str, int], now: datetime) -> facts.Fact:
    """The event that says how the inbox ended. InboxDeleted repeats api-gateway's own, in case that process died."""
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
