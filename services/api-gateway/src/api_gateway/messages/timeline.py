"""Tells what happened to a message and when: received, stored, announced, sent to webhooks. Called by timeline_routes.

Every time is one that was recorded when it happened: by smtp-ingest or the gateway, the parser, the broker, and
webhook-dispatcher. What has no recorded time is left out.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from msgspec import UNSET, Struct, UnsetType

from api_gateway.edge.caller import Caller
from api_gateway.inboxes import Reach
from mayfly.records.delivery import Attempt, Delivery, DeliveryStatus
from mayfly.records.message import Message

if TYPE_CHECKING:
    from mayfly.bus.live import LiveEvents
    from mayfly.store.deliveries import Deliveries
    from mayfly.store.endpoints import Endpoints

# An account has 50 endpoints, and an inbox as many; those that were deleted come on top.
_MOST_DELIVERIES = 500
_OK, _REDIRECT = 200, 300

StepKind = Literal["accepted", "stored", "visible", "announced", "webhook_attempt", "webhook_pending"]


class TimelineStep(Struct, frozen=True, kw_only=True):
    """One step, with the fields that its kind has.

    `accepted`: the mail had come whole, by SMTP or by a call (`source`), from `peer`. `stored`: the parser was done.
    `visible`: readers could get it, at the latest at this time. `announced`: streams and waits got it, as the event
    `sequence`. `webhook_attempt`: a request to a webhook, with its HTTP `status` (null: no response), `duration_ms`,
    and why it failed (`error`); `answer` is how the response began. `webhook_pending`: when the next one is due.

    Who is not the account of a webhook sees the host of its `url` alone, and neither `error` nor `answer`.
    """

    kind: StepKind
    at: datetime
    source: str | UnsetType = UNSET
    peer: str | UnsetType = UNSET
    sequence: int | UnsetType = UNSET
    delivery_id: str | UnsetType = UNSET
    webhook_id: str | UnsetType = UNSET
    url: str | UnsetType | None = UNSET
    attempt: int | UnsetType = UNSET
    status: int | UnsetType | None = UNSET
    error: str | UnsetType | None = UNSET
    answer: str | UnsetType = UNSET
    duration_ms: float | UnsetType = UNSET
    is_delivered: bool | UnsetType = UNSET
    delivery_status: DeliveryStatus | UnsetType = UNSET


@dataclass(frozen=True, slots=True)
class MessageTimeline:
    reach: Reach
    live: "LiveEvents"
    deliveries: "Deliveries"
    endpoints: "Endpoints"

    async def __call__(self, caller: Caller, message_id: str) -> tuple[Message, list[TimelineStep]]:
        """The message without bodies, and its steps in order of time. Raises NotFound, TransientFailure."""
        message = await self.reach.message(caller, message_id, bodies=False)
        steps = [*_received(message), *await self._announced(message), *await self._sent(caller, message)]
        return message, sorted(steps, key=lambda step: step.at)

    async def _announced(self, message: Message) -> list[TimelineStep]:
        """Empty before the event, and a day after it, when the broker has dropped it."""
        sequence = await self.live.sequence_of(message.inbox_id, message.id, message.stored_at)
        at = await self.live.time_of(sequence) if sequence is not None else None
        if sequence is None or at is None:
            return []
        return [TimelineStep(kind="visible", at=at), TimelineStep(kind="announced", at=at, sequence=sequence)]

    async def _sent(self, caller: Caller, message: Message) -> list[TimelineStep]:
        deliveries = await self.deliveries.of_message(message.id, message.inbox_id, limit=_MOST_DELIVERIES)
        endpoints = await self.endpoints.among(sorted({delivery.endpoint_id for delivery in deliveries}))
        steps: list[TimelineStep] = []
        for delivery in deliveries:
            endpoint, is_owner = endpoints.get(delivery.endpoint_id), delivery.account_id == caller.account_id
            url = _url_for(endpoint.url, is_owner=is_owner) if endpoint else None
            steps += _of_delivery(delivery, url, is_owner=is_owner)
        return steps


def _received(message: Message) -> Iterator[TimelineStep]:
    envelope = message.envelope
    yield TimelineStep(kind="accepted", at=message.received_at, source=envelope.source, peer=envelope.peer_address)
    yield TimelineStep(kind="stored", at=message.stored_at)


def _of_delivery(delivery: Delivery, url: str | None, *, is_owner: bool) -> Iterator[TimelineStep]:
    for attempt in delivery.attempts:
        yield TimelineStep(
            kind="webhook_attempt",
            at=attempt.at,
            delivery_id=delivery.id,
            webhook_id=delivery.endpoint_id,
            url=url,
            attempt=attempt.number,
            status=attempt.status,
            error=attempt.error if is_owner else UNSET,
            answer=attempt.answer if is_owner else UNSET,
            duration_ms=round(attempt.duration * 1000, 1),
            is_delivered=_is_success(attempt),
            delivery_status=delivery.status,
        )
    if delivery.status == "pending" and delivery.next_attempt_at is not None:
        yield TimelineStep(
            kind="webhook_pending",
            at=delivery.next_attempt_at,
            delivery_id=delivery.id,
            webhook_id=delivery.endpoint_id,
            url=url,
            attempt=len(delivery.attempts) + 1,
            delivery_status=delivery.status,
        )


def _is_success(attempt: Attempt) -> bool:
    return attempt.status is not None and _OK <= attempt.status < _REDIRECT


def _url_for(url: str, *, is_owner: bool) -> str:
    return url if is_owner else urlsplit(url).hostname or ""
