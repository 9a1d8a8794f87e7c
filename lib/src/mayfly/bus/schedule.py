"""Looks up the attempt of a delivery in the broker; used by webhook-dispatcher when one seems lost."""

import nats.js.errors

from mayfly.bus.connection import Bus, broker_failures
from mayfly.bus.topology import DELIVERIES
from mayfly.events import subjects


class Schedule:
    def __init__(self, bus: Bus) -> None:
        self._bus = bus

    async def holds(self, inbox_id: str, delivery_id: str) -> bool:
        """Whether an attempt of the delivery is scheduled, due or in progress. Raises TransientFailure."""
        return await self._has(subjects.delivery_schedule(inbox_id, delivery_id)) or await self._has(
            subjects.delivery_attempt(inbox_id, delivery_id)
        )

    async def _has(self, subject: str) -> bool:
        with broker_failures():
            try:
                await self._bus.jetstream.get_last_msg(DELIVERIES.name, subject, direct=True)
            except nats.js.errors.NotFoundError:
                return False
        return True
