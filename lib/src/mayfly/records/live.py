"""Events of an inbox as a live reader receives them, and the range of events that the stream holds."""

from dataclasses import dataclass
from datetime import datetime

from mayfly.events import facts


@dataclass(frozen=True, slots=True)
class LiveEvent:
    """An event with its stream sequence; `previous`: sequence of the one before it in the inbox, 0: none or unknown."""

    sequence: int
    fact: facts.Fact
    previous: int = 0


@dataclass(frozen=True, slots=True)
class StreamBounds:
    """First and last sequence in the stream; without messages `first` is `last` + 1 and `first_at` is undefined."""

    messages: int
    first: int
    last: int
    first_at: datetime
