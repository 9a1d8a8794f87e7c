"""From messages of the SDK to the parts of an answer: facts, and the texts that are marked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from mayfly_mcp.answers import AttachmentFacts, FoundCode, FoundLink, MailFacts, MissedMail, TextPart
from mayfly_mcp.untrusted import Untrusted, clean_url, one_line

if TYPE_CHECKING:
    from mayfly_mail import Link, Message, NearMiss

MOST_LINKS = 40
_MOST_URL_CHARACTERS = 20_000
_MOST_ATTACHMENTS = 50
_LONGEST_CODE = 64
_CUT_HIDDEN_TEXT = 16_000
"""Characters. Mayfly keeps about that much of what HTML hides, so behind a longer one there may be more."""
_ARGUMENTS = {"from": "sender", "to": "recipient"}
"""Criteria of the API whose arguments have other names here: `from` is a keyword in the languages of some clients."""


def facts(entry: Any, link_count: int, attachment_count: int) -> MailFacts:
    """Return what is known about a mail without a word of it; `entry`: a message or a list's entry of the API."""
    return MailFacts(
        message_id=entry.id,
        received_at=entry.received_at.isoformat(),
        has_otp=entry.has_otp,
        link_count=link_count,
        attachment_count=attachment_count,
        is_read=entry.is_read,
    )


def message_facts(message: Message) -> MailFacts:
    """Return the facts of a whole message."""
    return facts(message.data, len(message.data.links), len(message.data.attachments))


def head(untrusted: Untrusted, message: Message) -> None:
    """Add who wrote the mail, to whom, and its subject."""
    sender = f"{message.from_name} <{message.from_}>" if message.from_name else message.from_
    untrusted.field("From", sender or "")
    untrusted.field("To", ", ".join(message.data.to), limit=500)
    untrusted.field("Subject", message.subject)


def body(untrusted: Untrusted, message: Message, *, limit: int, start: int = 0) -> TextPart:
    """Add the visible text; return which part of it that is."""
    cut = untrusted.body(message.text or "", limit=limit, start=start)
    return TextPart(
        start=cut.start,
        end=cut.end,
        total=cut.total,
        remaining=cut.remaining,
        invisible_left_out=cut.left_out,
        hidden_left_out=len(message.data.hidden_text),
    )


def links(untrusted: Untrusted, found: Sequence[Link]) -> list[FoundLink]:
    """Return the first links of a mail; their visible texts are added to the marked part."""
    shown: list[FoundLink] = []
    room = _MOST_URL_CHARACTERS
    for index, link in enumerate(found[:MOST_LINKS]):
        url = clean_url(str(link))
        room -= len(url)
        if room < 0 and shown:
            break
        shown.append(FoundLink(index=index, url=url, kind=link.kind, flags=flags(link)))
        link_text(untrusted, f"Text of link {index}", link)
    return shown


def link_text(untrusted: Untrusted, name: str, link: Link) -> None:
    """Add the text that a link stands under, unless the HTML hides it."""
    if not _is_hidden(link):
        untrusted.field(name, link.text, limit=100)


def flags(link: Link) -> list[str]:
    """Return what is unusual about a link: Mayfly's flags, and "hidden" when the HTML hides its text."""
    return [*link.flags, *(["hidden"] if _is_hidden(link) else [])]


def _is_hidden(link: Link) -> bool:
    text, hidden, visible = (" ".join(each.split()) for each in (link.text, _hidden_text(link), link.message.text))
    return bool(text) and text not in visible and (text in hidden or len(hidden) >= _CUT_HIDDEN_TEXT)


def _hidden_text(link: Link) -> str:
    return link.message.data.hidden_text


def attachments(untrusted: Untrusted, message: Message) -> list[AttachmentFacts]:
    """Return the attachments' sizes; their names and types are added to the marked part."""
    shown = message.data.attachments[:_MOST_ATTACHMENTS]
    for each in shown:
        untrusted.field(f"Attachment {each.index}", f"{each.filename} ({each.content_type})", limit=200)
    return [AttachmentFacts(index=each.index, size=each.size) for each in shown]


def code_text(code: str) -> str:
    """Return a code as one short word, whatever the mail made of it."""
    return one_line(code)[:_LONGEST_CODE]


def codes(found: Iterable[Any]) -> list[FoundCode] | None:
    """Return further codes with their probabilities; None when there are none."""
    return [FoundCode(code=code_text(each), confidence=each.confidence) for each in found][:3] or None


def near_misses(untrusted: Untrusted, missed: Sequence[NearMiss]) -> list[MissedMail] | None:
    """Return which mails came and what they did not meet; their subjects are added to the marked part."""
    for number, each in enumerate(missed[:10], 1):
        untrusted.field(f"{number}. near miss, subject", each.subject)
    return [
        MissedMail(message_id=each.id, failed=[_ARGUMENTS.get(name, name) for name in each.failed])
        for each in missed[:10]
    ] or None
