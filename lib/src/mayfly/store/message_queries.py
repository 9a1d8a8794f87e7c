"""Translates message filters into queries. Used by mayfly.store.messages."""

import re
from typing import Any

from mayfly.mail.address import spellings
from mayfly.records.inbox import Extent
from mayfly.records.message import MessageFilter
from mayfly.store.client import Document
from mayfly.store.search_queries import conditions_of

_PLAIN_FIELDS = ("inbox_id", "received_at", "raw_size", "from_address", "subject", "preview", "is_read", "otp", "tags")
_LISTED_RECIPIENTS = 3
SUMMARY_FIELDS: Document = {
    **dict.fromkeys(_PLAIN_FIELDS, 1),
    "link_count": {"$size": "$links"},
    "attachment_count": {"$size": "$attachments"},
    "recipients": {"$ifNull": [{"$slice": ["$recipients", _LISTED_RECIPIENTS]}, []]},
    "recipient_count": {"$size": {"$ifNull": ["$recipients", []]}},
}
OVERVIEW_FIELDS: Document = {
    **SUMMARY_FIELDS,
    **dict.fromkeys(("header_message_id", "from_name", "to", "cc", "bcc", "reply_to", "names", "snippet"), 1),
    "login": "$envelope.login",
    "inline_count": {"$size": {"$filter": {"input": "$attachments", "cond": "$$this.inline"}}},
}
WHOLE: Document = {"folded": 0}  # which only queries look into
WITHOUT_EVIDENCE: Document = {**WHOLE, "otp_candidates.evidence": 0}
WITHOUT_TEXTS: Document = {**WHOLE, **dict.fromkeys(("text", "html", "hidden_text", "headers", "links"), 0)}
WITHOUT_BODIES: Document = {**WHOLE, **dict.fromkeys(("text", "html", "hidden_text", "headers", "otp_candidates"), 0)}


def within(extent: Extent, *, below: str | None = None) -> Document:
    """The condition for the messages of an inbox that exist for its readers; `below`: only ids below this one."""
    ids = {**({"$gte": extent.first} if extent.first else {}), **({"$lt": below} if below is not None else {})}
    return {"inbox_id": extent.inbox_id, **({"_id": ids} if ids else {})}


def query_of(wanted: MessageFilter) -> Document:
    """The filter's conditions, to be combined with those of `within`."""
    conditions: list[Document] = []
    if wanted.search is not None:
        conditions += conditions_of(wanted.search)
    if wanted.sender is not None:
        from_name = {"from_name": _containing(wanted.sender)}
        conditions.append({"$or": [{"from_address": _containing_address(wanted.sender)}, from_name]})
    if wanted.recipient is not None:
        addresses = ("recipients", "envelope.forward_path", "address", "to", "cc")
        conditions.append({"$or": [{field: _containing_address(wanted.recipient)} for field in addresses]})
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
    # Escaped, so that a client's text is compared literally and never run as a pattern.
    return {"$regex": re.escape(text), "$options": "i"}


def _containing_address(text: str) -> dict[str, Any]:
    # A `+` that a client did not percent-encode arrives as a blank, which addresses do not contain.
    pattern = "|".join(re.escape(spelling) for spelling in sorted(spellings(text)))
    return {"$regex": pattern.replace(r"\ ", "[ +]"), "$options": "i"}
