"""What the handlers need from outside; mayfly.store, mayfly.bus and the adapters satisfy it as they are."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from mayfly.events import facts
from mayfly.store.deliveries import Attempt, Delivery, DeliveryStatus
from mayfly.store.endpoints import Endpoint
from mayfly.store.inboxes import Inbox
from webhook_dispatcher.domain.verdict import Answer


class Endpoints(Protocol):
    async def among(self, endpoint_ids: Sequence[str]) -> dict[str, Endpoint]: ...
    async def listening(self, inbox_ids: Collection[str], account_ids: Collection[str]) -> list[Endpoint]: ...
    async def disable(self, endpoint_id: str, reason: str) -> None: ...


class Deliveries(Protocol):
    async def insert_missing(self, deliveries: Sequence[Delivery]) -> None: ...
    async def among(self, delivery_ids: Sequence[str]) -> dict[str, Delivery]: ...
    async def record(
        self, delivery_id: str, attempt: Attempt, status: DeliveryStatus, next_attempt_at: datetime | None
    ) -> None: ...
    async def give_up(self, delivery_id: str) -> None: ...
    async def delete(self, delivery_ids: Sequence[str]) -> None: ...


class Inboxes(Protocol):
    async def live_among(self, inbox_ids: Sequence[str], now: datetime) -> dict[str, Inbox]: ...


class Publisher(Protocol):
    async def publish(self, fact: facts.Fact) -> int: ...
    async def schedule(self, attempt: facts.AttemptScheduled) -> None: ...


class Sender(Protocol):
    async def send(self, url: str, headers: Mapping[str, str], payload: bytes, timeout: float) -> Answer:
        """POST once, within `timeout` seconds in all. Never raises for what the destination does."""
        ...
