"""One batch of ended inboxes: claimed, emptied, announced, removed, in that order.

A crash at any point leaves the inboxes claimed; when the lease is over, the batch is done again from the start, and
every step bears repeating. Inboxes their owner deleted are announced by api-gateway, at once.
"""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from time import monotonic
from uuid import uuid4

import structlog

from expiry_reaper import metrics
from expiry_reaper.ports import Holdings, Inboxes, Messages, Publisher
from mayfly.events import facts
from mayfly.service.clock import Clock
from mayfly.store.inboxes import Inbox

_log = structlog.get_logger()


class Reap:
    """`lease_seconds`: for how long nobody else takes what this one claimed."""

    def __init__(
        self,
        *,
        inboxes: Inboxes,
        messages: Messages,
        holdings: Sequence[Holdings],
        publisher: Publisher,
        clock: Clock,
        lease_seconds: float,
    ) -> None:
        self._inboxes = inboxes
        self._messages = messages
        self._holdings = holdings
        self._publisher = publisher
        self._clock = clock
        self._lease = timedelta(seconds=lease_seconds)

    async def __call__(self, limit: int) -> int:
        """Empty up to `limit` ended inboxes; returns how many there were. Raises TransientFailure."""
        started = monotonic()
        now = self._clock()
        ended = await self._inboxes.claim_ended(now, lease=str(uuid4()), lease_until=now + self._lease, limit=limit)
        if not ended:
            metrics.LAG_SECONDS.set(0)
            return 0
        metrics.LAG_SECONDS.set(
            max((now - inbox.expires_at).total_seconds() if inbox.expires_at else 0 for inbox in ended)
        )
        ids = [inbox.id for inbox in ended]
        counts = await self._messages.counts_of_inboxes(ids)
        messages = await self._messages.delete_of_inboxes(ids)
        await asyncio.gather(*(holding.delete_of_inboxes(ids) for holding in self._holdings))
        expired = [inbox for inbox in ended if inbox.status == "expired"]
        await asyncio.gather(*(self._announce(inbox, counts.get(inbox.id, 0)) for inbox in expired))
        await self._inboxes.remove(ids)
        metrics.INBOXES.labels("expired").inc(len(expired))
        metrics.INBOXES.labels("deleted").inc(len(ended) - len(expired))
        metrics.MESSAGES.inc(messages)
        metrics.BATCH_SECONDS.observe(monotonic() - started)
        _log.info("reaped", inboxes=len(ended), messages=messages, seconds=round(monotonic() - started, 3))
        return len(ended)

    async def _announce(self, inbox: Inbox, message_count: int) -> None:
        await self._publisher.publish(
            facts.InboxExpired(
                event_id=facts.new_event_id(),
                inbox_id=inbox.id,
                account_id=inbox.account_id or "",
                address=inbox.address,
                expired_at=inbox.expires_at or self._clock(),
                message_count=message_count,
                archived=False,
            )
        )
