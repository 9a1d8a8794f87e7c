"""Hooks for traces of publishing and handling events. Disabled by default; they then cost one check of an empty list.

The bus calls `publishing` and `handling`. A handler that takes many events at once calls `derives` to say which result
comes from which event. mayfly.service.tracing installs the tracer. `traceparent` (W3C Trace Context) travels in the
NATS headers.
"""

from collections.abc import Mapping, MutableMapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Protocol

TRACE_HEADER = "traceparent"


@dataclass(frozen=True, slots=True)
class Handled:
    """An event that is being handled: its id, its protobuf type, and the headers that it came with."""

    event_id: str
    type_name: str
    headers: Mapping[str, str]


class Tracer(Protocol):
    """What mayfly.service.tracing implements."""

    def publishing(
        self, type_name: str, about: str, headers: MutableMapping[str, str]
    ) -> AbstractContextManager[None]: ...

    def handling(self, consumer: str, events: Sequence[Handled]) -> AbstractContextManager[None]: ...

    def derives(self, event_id: str, derived_id: str) -> None: ...


_installed: list[Tracer] = []
_OFF = nullcontext()


def install(tracer: Tracer | None) -> None:
    """Install a tracer; None removes it."""
    _installed[:] = [tracer] if tracer else []


def is_on() -> bool:
    return bool(_installed)


def publishing(type_name: str, about: str, headers: MutableMapping[str, str]) -> AbstractContextManager[None]:
    """A span around the publishing of an event of this type; puts its `traceparent` into `headers`.

    `about`: the id of the object that the event is about (a message, a delivery), see `derives`.
    """
    return _installed[0].publishing(type_name, about, headers) if _installed else _OFF


def handling(consumer: str, events: Sequence[Handled]) -> AbstractContextManager[None]:
    """A span for each event while they are handled together; each continues the trace in its headers."""
    return _installed[0].handling(consumer, events) if _installed else _OFF


def derives(event_id: str, derived_id: str) -> None:
    """Events published about `derived_id` continue the trace of that event, which is being handled now."""
    if _installed:
        _installed[0].derives(event_id, derived_id)
