"""Octets stored for a message: the raw mail and each decoded attachment, addressed by a part name."""

from typing import NamedTuple

RAW = "raw"


def attachment_part(index: int) -> str:
    """The part name of the attachment with this index."""
    return f"attachment-{index}"


def part_id(message_id: str, name: str) -> str:
    """Names one part of one message, for its mark of deletion (mayfly.store.deletions)."""
    return f"{message_id}/{name}"


class StoredPart(NamedTuple):
    """One stored octet string; `name` is RAW or `attachment_part(n)`, unique within the message."""

    message_id: str
    inbox_id: str
    name: str
    octets: bytes
