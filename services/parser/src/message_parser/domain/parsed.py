"""The result of parsing one mail: the content of a message record, and the decoded attachments.

Filled in by `stages`; handlers.store_mail makes the records of it.
"""

from datetime import datetime
from typing import Literal

import msgspec

from mayfly.records.message import Attachment, Link, OtpCandidate
from mayfly.records.search import Folded


class Parsed(msgspec.Struct, kw_only=True):
    """Travels between processes as MessagePack. `attachment_octets[n]` belongs to `attachments[n]`.

    Field names equal those of the message record; handlers.store_mail copies them by name.
    """

    from_address: str = ""
    from_name: str = ""
    to: list[str] = []
    cc: list[str] = []
    bcc: list[str] = []
    names: list[tuple[str, str]] = []
    tags: list[str] = []
    reply_to: list[str] = []
    subject: str = ""
    date: datetime | None = None
    header_message_id: str = ""
    headers: list[tuple[str, str]] = []
    text: str = ""
    html: str = ""
    text_crlf: bool = False
    html_crlf: bool = False
    preview: str = ""
    snippet: str = ""
    hidden_text: str = ""
    links: list[Link] = []
    attachments: list[Attachment] = []
    otp: str | None = None
    otp_candidates: list[OtpCandidate] = []
    parse_status: Literal["parsed", "partial", "failed"] = "parsed"
    parse_reason: str = ""
    warnings: list[str] = []
    folded: Folded = Folded()
    attachment_octets: list[bytes] = []


def failed(reason: str) -> Parsed:
    """The result for a mail that cannot be parsed: nothing but the reason."""
    return Parsed(parse_status="failed", parse_reason=reason)
