"""Makes the event that schedules one attempt of a delivery."""

from datetime import datetime

from mayfly.events import facts
from mayfly.records.delivery import Delivery


def attempt_of(delivery: Delivery, number: int, due_at: datetime) -> facts.AttemptScheduled:
    return facts.AttemptScheduled(
        event_id=facts.new_event_id(),
        delivery_id=delivery.id,
        inbox_id=delivery.inbox_id,
        attempt=number,
        due_at=due_at,
        endpoint_id=delivery.endpoint_id,
        account_id=delivery.account_id,
    )
