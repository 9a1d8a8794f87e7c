"""The ports of which tests have a second implementation: the broker (mayfly.testing proves its fake) and the receiver.

The store has one implementation: handlers name its classes for typing.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

from mayfly.events import facts
from webhook_dispatcher.domain.verdict import Response


class Publisher(Protocol):
    async def publish(self, fact: facts.Fact) -> int: ...
    async def publish_all(self, batch: Sequence[facts.Fact]) -> None: ...
    async def schedule(self, attempt: facts.AttemptScheduled) -> None: ...


class Schedule(Protocol):
    async def holds(self, inbox_id: str, delivery_id: str) -> bool:
        """Whether the broker has an attempt of the delivery, due or scheduled."""
        ...


class Sender(Protocol):
    async def send(self, url: str, headers: Mapping[str, str], payload: bytes, timeout: float) -> Response:
        """POST once, within `timeout` seconds in all. Never raises for the destination's behaviour.

        Raises TransientFailure when Mayfly itself could not try.
        """
        ...
