"""What parsing makes of one mail: the content part of mayfly.store.message.Message, and the decoded attachments."""

from datetime import datetime
from typing import Literal

import msgspec

from mayfly.records.message import Attachment, Link, OtpCandidate


class Parsed(msgspec.Struct, kw_only=True):
    """Crosses the process boundary as msgpack. `attachment_octets[n]` belongs to `attachments[n]`.

    Field names equal those of the message record; `handlers.store_mail` relies on it.
    """

    from_address: str = ""
    from_name: str = ""
    to: list[str] = []
    cc: list[str] = []
    reply_to: list[str] = []
    subject: str = ""
    date: datetime | None = None
    header_message_id: str = ""
    headers: list[tuple[str, str]] = []
    text: str = ""
    html: str = ""
    preview: str = ""
    hidden_text: str = ""
    links: list[Link] = []
    attachments: list[Attachment] = []
    otp: str | None = None
    otp_candidates: list[OtpCandidate] = []
    parse_status: Literal["parsed", "partial", "failed"] = "parsed"
    parse_reason: str = ""
    warnings: list[str] = []
    attachment_octets: list[bytes] = []


def failed(reason: str) -> Parsed:
    """What is stored of a mail that could not be parsed: its octets and the reason."""
    return Parsed(parse_status="failed", parse_reason=reason)
