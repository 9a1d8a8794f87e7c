"""Dead letters: events that could not be handled, stored with the reason."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """`stream`, `consumer`, `subject`: where it came from. `size`: octets of the event. `buried_at`: UTC, if known."""

    id: int
    stream: str
    consumer: str
    subject: str
    reason: str
    deliveries: int
    event_type: str
    size: int
    buried_at: datetime | None
