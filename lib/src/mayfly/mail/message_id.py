"""Derives message ids, so that an event that the broker delivers twice is stored once; ids sort by time of receipt."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID


def derive_message_id(event_id: str, inbox_id: str) -> str:
    """A UUIDv7 (RFC 9562 section 5.7) with the time of the event; a digest of both ids replaces its random bits.

    The same event and inbox always give the same id. Ids sort by time of receipt.
    """
    moment = UUID(event_id).int >> 80
    digest = int.from_bytes(sha256(f"{event_id}/{inbox_id}".encode()).digest()[:10], "big")
    return _uuid7(moment, digest)


def first_id_at(moment: datetime) -> str:
    """The smallest UUIDv7 of this moment: the ids of all mail received before are below it."""
    return _uuid7(max((moment - _EPOCH) // timedelta(milliseconds=1), 0), 0)


def ids_at_the_time_of(message_id: str) -> tuple[str, str]:
    """The smallest id of the message's millisecond, and that of the next: what derives from it is in between."""
    moment = UUID(message_id).int >> 80
    return _uuid7(moment, 0), _uuid7(moment + 1, 0)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _uuid7(milliseconds: int, rest: int) -> str:
    value = (milliseconds << 80) | rest
    value = (value & ~(0xF << 76)) | (0x7 << 76)
    value = (value & ~(0x3 << 62)) | (0x2 << 62)
    return str(UUID(int=value))
