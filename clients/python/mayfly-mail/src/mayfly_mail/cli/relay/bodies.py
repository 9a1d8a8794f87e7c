"""The bodies that `mayfly listen` posts: as of Mayfly's own webhooks, so that a receiver need not know the difference.

The fields are those of docs/webhooks.md, in their order. `timestamp` is when the mail was received.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mayfly_mail import Event, Message

RECEIVED = "message.received"
EXPIRED = "inbox.expired"
TYPES = (RECEIVED, EXPIRED)


@dataclass(frozen=True)
class Notice:
    """One event as it is posted. `id`: the same whenever the event is posted again."""

    id: str
    cursor: int
    content: dict[str, Any]

    @property
    def type(self) -> str:
        return str(self.content["type"])

    @property
    def body(self) -> bytes:
        """Return the octets that are signed and posted."""
        return json.dumps(self.content, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")

    @property
    def summary(self) -> str:
        """Say in a few words what happened."""
        data = self.content["data"]
        if self.type == RECEIVED:
            return f"{data['subject'] or '(no subject)'} from {data['from'] or '(nobody)'}"
        return str(data["address"])


def received(message: Message, sequence: int) -> Notice:
    """Return what is posted for a mail."""
    data: dict[str, Any] = {
        "inbox": message.data.inbox_id,
        "address": message.address,
        "message_id": message.id,
        "from": message.from_,
        "subject": message.subject,
        "received_at": moment(message.received_at),
        "has_otp": message.code is not None,
    }
    if message.code is not None:
        data["otp"] = str(message.code)
    data |= {"attachment_count": len(message.attachments), "sequence": sequence}
    return Notice(message.id, sequence, _content(RECEIVED, moment(message.received_at), data))


def went(event: Event, sequence: int, inbox_id: str, address: str) -> Notice:
    """Return what is posted for a mail that was removed before it could be read: what the stream said of it."""
    data = {
        "inbox": inbox_id,
        "address": address,
        "message_id": event.message_id,
        "from": event.from_,
        "subject": event.subject,
        "has_otp": bool(event.has_otp),
        "sequence": sequence,
    }
    return Notice(str(event.message_id), sequence, _content(RECEIVED, moment(datetime.now(timezone.utc)), data))


def expired(inbox_id: str, address: str, at: datetime | None, sequence: int) -> Notice:
    """Return what is posted when an inbox reached its end. How many mails it held is not known any more."""
    when = moment(at or datetime.now(timezone.utc))
    data = {"inbox": inbox_id, "address": address, "expired_at": when, "sequence": sequence}
    return Notice(f"{inbox_id}-expired", sequence, _content(EXPIRED, when, data))


def moment(at: datetime) -> str:
    """Write a moment as the API does."""
    return at.astimezone(timezone.utc).isoformat().replace("+00:00", "Z")


def _content(kind: str, timestamp: str, data: dict[str, Any]) -> dict[str, Any]:
    return {"type": kind, "timestamp": timestamp, "data": data}
