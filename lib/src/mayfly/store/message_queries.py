"""What a list of messages can be asked for, and the query that answers it. Used by mayfly.store.messages."""

import re
from datetime import datetime
from typing import Any

from msgspec import Struct

from mayfly.store.client import Document
from mayfly.store.record import Record


class MessageFilter(Struct, frozen=True, kw_only=True):
    """Texts are looked for as they are, in any case; `text` in subject, sender and body. None: not asked for."""

    text: str | None = None
    sender: str | None = None
    subject: str | None = None
    has_otp: bool | None = None
    unread: bool | None = None
    since: datetime | None = None


class MessageSummary(Record, frozen=True, kw_only=True):
    """A message as a list shows it: without bodies, headers and octets."""

    id: str
    inbox_id: str
    received_at: datetime
    raw_size: int
    from_address: str = ""
    subject: str = ""
    preview: str = ""
    is_read: bool = False
    otp: str | None = None
    link_count: int = 0
    attachment_count: int = 0


_PLAIN_FIELDS = ("inbox_id", "received_at", "raw_size", "from_address", "subject", "preview", "is_read", "otp")
SUMMARY_FIELDS: Document = {
    **dict.fromkeys(_PLAIN_FIELDS, 1),
    "link_count": {"$size": "$links"},
    "attachment_count": {"$size": "$attachments"},
}


def query_of(wanted: MessageFilter) -> Document:
    """The conditions of a filter, to be joined with those on the inbox."""
    conditions: list[Document] = []
    if wanted.text is not None:
        conditions.append({"$or": [{field: _containing(wanted.text)} for field in ("subject", "from_address", "text")]})
    if wanted.sender is not None:
        conditions.append({"$or": [{field: _containing(wanted.sender)} for field in ("from_address", "from_name")]})
    if wanted.subject is not None:
        conditions.append({"subject": _containing(wanted.subject)})
    if wanted.has_otp is not None:
        conditions.append({"otp": {"$ne": None} if wanted.has_otp else None})
    if wanted.unread is not None:
        conditions.append({"is_read": not wanted.unread})
    if wanted.since is not None:
        conditions.append({"received_at": {"$gte": wanted.since}})
    return {"$and": conditions} if conditions else {}


def _containing(text: str) -> dict[str, Any]:
    # Escaped, so that what a client sends is only ever compared, never run as a pattern.
    return {"$regex": re.escape(text), "$options": "i"}
