"""What two parsers of others find in a mail: the standard library's `email`, and fast-mail-parser (mailparse, in Rust).

They are held against our own reading. Neither is used by Mayfly.
"""

import re
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from email.policy import compat32

from fast_mail_parser import ParseError, PyMimePart, parse_email_tree

_NO_PROSE = re.compile(r"(?m)^(?:[A-Za-z0-9+/]{8,}={0,2}\s*|>?From .*|--.*|[Cc]ontent-.*)$")


@dataclass
class Found:
    """`texts`: the leaves of type text, in their declared charset. `attachments`: octets of all other leaves."""

    texts: list[str] = field(default_factory=list)
    attachments: list[bytes] = field(default_factory=list)

    def words(self) -> set[str]:
        """Words in the texts, without those of MIME itself and of encoded content that was taken for text."""
        found = words(_NO_PROSE.sub("", "\n".join(self.texts).replace("\r", "\n")))
        return {word for word in found if not word.lower().startswith(("content", "boundary", "charset"))}


def words(text: str) -> set[str]:
    """Runs of at least four ASCII letters or digits."""
    return set(re.findall(r"\w{4,}", text, re.ASCII))


def by_stdlib(octets: bytes) -> Found | None:
    """None when the library fails on the mail."""
    found = Found()
    try:
        for part in message_from_bytes(octets, policy=compat32).walk():
            _add_stdlib(part, found)
    except Exception:  # noqa: BLE001 - a fault of theirs says nothing about us
        return None
    return found


def _add_stdlib(part: "Message[str, str]", found: Found) -> None:
    payload = part.get_payload(decode=True)
    if part.is_multipart() or not isinstance(payload, bytes):
        return
    is_shown = part.get_content_maintype() in ("text", "multipart") and part.get_content_disposition() != "attachment"
    if is_shown:
        found.texts.append(_decoded(payload, part.get_content_charset("utf-8")))
    else:
        found.attachments.append(payload)


def by_fast_mail_parser(octets: bytes) -> Found | None:
    """None when the library rejects the mail."""
    found = Found()
    try:
        _add_fast(parse_email_tree(octets), found)
    except (ParseError, UnicodeError):
        return None
    return found


def _add_fast(node: PyMimePart, found: Found) -> None:
    for child in node.children:
        _add_fast(child, found)
    if node.content is None or node.children:
        return
    disposition = " ".join(node.headers.get("Content-Disposition", []))
    is_text = node.content_type.lower().startswith("text/") and not disposition.lower().startswith("attachment")
    if is_text:
        found.texts.append(_decoded(node.content, _charset(node)))
    else:
        found.attachments.append(node.content)


def _charset(node: PyMimePart) -> str:
    declared = Message()
    declared["Content-Type"] = next(
        (v[0] for n, v in node.headers.items() if n.lower() == "content-type"), "text/plain"
    )
    return declared.get_content_charset("utf-8")


def _decoded(octets: bytes, charset: str) -> str:
    try:
        return octets.decode(charset, "replace")
    except (LookupError, ValueError):
        return octets.decode("latin-1")
