"""Mails for tests of the command: an answer of the API with the fields that a test cares about."""

from collections.abc import Callable
from typing import Any

import pytest

from mayfly_mail import Message
from mayfly_mail.models import MessageData

ANSWER: dict[str, Any] = {
    "address": "x@mayfly.test",
    "authentication_reason": "",
    "body_html": "",
    "body_text": "Your code is 482193",
    "envelope": {
        "forward_path": [],
        "is_utf8": False,
        "octets": 100,
        "peer": "",
        "received_at": "2026-05-08T12:00:00Z",
        "reverse_path": "",
        "tls": None,
    },
    "from_address": "shop@example.com",
    "from_name": "",
    "has_otp": False,
    "header_message_id": "",
    "headers": {},
    "hidden_text": "",
    "id": "01a1",
    "inbox_id": "i1",
    "is_read": False,
    "parse_status": "ok",
    "raw_size": 100,
    "received_at": "2026-05-08T12:00:00.5Z",
    "recipients": ["x@mayfly.test"],
    "subject": "Your code",
    "tag": "",
    "text_preview": "",
}


@pytest.fixture
def mail() -> Callable[..., Message]:
    """Return a function that makes a mail of the given fields."""

    def make(cursor: int | None = None, **fields: Any) -> Message:
        return Message(MessageData.from_json({**ANSWER, **fields}), cursor)

    return make
