"""The id of a stored message, derived so that a mail delivered twice by the bus makes one message."""

from hashlib import sha256
from uuid import UUID


def derive_message_id(event_id: str, inbox_id: str) -> str:
    """A UUIDv7 (RFC 9562 section 5.7) whose time is the event's and whose random bits are a digest of both ids.

    The same event and inbox always give the same id, and ids sort by the moment of receipt.
    """
    moment = UUID(event_id).int >> 80
    digest = int.from_bytes(sha256(f"{event_id}/{inbox_id}".encode()).digest()[:10], "big")
    value = (moment << 80) | digest
    value = (value & ~(0xF << 76)) | (0x7 << 76)
    value = (value & ~(0x3 << 62)) | (0x2 << 62)
    return str(UUID(int=value))
