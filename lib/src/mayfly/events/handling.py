"""Types exchanged between a consumer of the broker and the handlers of a service; independent of the broker's client.

mayfly.bus.consumer decodes events, passes them on in batches and settles each by its outcome (mayfly.bus.outcome).
"""

from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from mayfly.events import facts
from mayfly.failures import Failure

F_co = TypeVar("F_co", bound=facts.Fact, covariant=True)


@dataclass(frozen=True, slots=True)
class Delivered(Generic[F_co]):
    """An event from the stream; `sequence` is the stream's, `deliveries` counts from 1."""

    fact: F_co
    sequence: int
    deliveries: int


Outcome = Failure | None
"""What became of one event; None: it was handled."""

Reply = Outcome | Coroutine[None, None, Outcome]
"""A handler's reply to one event: its outcome, or a coroutine that comes to one without holding up the batch."""

F = TypeVar("F", bound=facts.Fact)
Handler = Callable[[Sequence[Delivered[F]]], Awaitable[Sequence[Reply]]]
"""Handles a batch; returns one reply per event, in order. What it raises is the outcome of every event of the batch."""

Settled = Callable[[Sequence[Delivered[F]]], Awaitable[None]]
"""Called with the events of a batch that were acked."""
