"""Derives message ids, so that an event that the broker delivers twice is stored once."""

from hashlib import sha256
from uuid import UUID


def derive_message_id(event_id: str, inbox_id: str) -> str:
    """A UUIDv7 (RFC 9562 section 5.7) with the time of the event; a digest of both ids replaces its random bits.

    The same event and inbox always give the same id. Ids sort by time of receipt.
    """
    moment = UUID(event_id).int >> 80
    digest = int.from_bytes(sha256(f"{event_id}/{inbox_id}".encode()).digest()[:10], "big")
    value = (moment << 80) | digest
    value = (value & ~(0xF << 76)) | (0x7 << 76)
    value = (value & ~(0x3 << 62)) | (0x2 << 62)
    return str(UUID(int=value))
