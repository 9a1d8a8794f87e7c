"""A message, its codes and its links, as values: the same in both halves, and without a connection."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from mayfly_mail.errors import LinkNotFound, escaped

if TYPE_CHECKING:
    from typing_extensions import Self

    from mayfly_mail.models.messages import AttachmentData, CandidateData, LinkData, MessageData

Pattern = str | re.Pattern[str]


class Code(str):  # noqa: SLOT000 - pickled and copied by its dict
    """A one-time code: a str, with how sure Mayfly is of it (`confidence`, 0 to 1) and where it was found.

    `rule` and `source` say how and in which part it was found, `span` where in the message's text. `message` is the
    message it is in, `cursor` that message's place, from which the next wait goes on.
    """

    confidence: float
    rule: str
    source: str
    span: tuple[int, int]
    display: str
    message: Message

    def __new__(cls, data: CandidateData, message: Message) -> Self:
        """Make a code of a candidate of a message."""
        code = super().__new__(cls, data.code)
        code.confidence, code.rule, code.source, code.span = data.confidence, data.rule, data.source, data.span
        code.display, code.message = data.display, message
        return code

    def __getnewargs__(self) -> tuple[Any, ...]:
        """Let codes be copied and pickled."""
        candidates = self.message.data.otp_candidates
        return next(each for each in candidates if each.code == str(self)), self.message

    @property
    def cursor(self) -> int | None:
        """The place of the message, to go on from: `wait_for_code(after=code.cursor)`."""
        return self.message.cursor


class Link(str):  # noqa: SLOT000 - pickled and copied by its dict
    """A link: a str with its URL, the `text` that it stands under, and its `kind` ("verify", "reset", ...).

    Two links are equal if their URLs are. `flags` names what is unusual about it, `message` is the message it is in.
    """

    text: str
    kind: str
    flags: tuple[str, ...]
    message: Message
    _data: LinkData

    def __new__(cls, data: LinkData, message: Message) -> Self:
        """Make a link of a message."""
        link = super().__new__(cls, data.url)
        link.text, link.kind, link.flags, link.message = data.text, data.kind, tuple(data.flags), message
        link._data = data
        return link

    def __getnewargs__(self) -> tuple[Any, ...]:
        """Let links be copied and pickled."""
        return self._data, self.message


class Message:
    """A mail that came: addresses, subject, bodies, codes, links, attachments. `data` has all that the API says of it.

    Example:
        >>> message = inbox.wait_for_message(subject="Welcome")
        >>> message.from_, message.code, message.link("/verify")
        ('shop@example.com', '482913', 'https://shop.example/verify?t=1')
    """

    def __init__(self, data: MessageData, cursor: int | None = None) -> None:
        self.data = data
        self.cursor = cursor

    def __repr__(self) -> str:
        return f"<Message {self.id} {self.subject!r} from {self.from_!r}>"

    def __eq__(self, other: object) -> bool:
        return self.id == other.id if isinstance(other, Message) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.id)

    @property
    def id(self) -> str:
        return self.data.id

    @property
    def address(self) -> str:
        """The inbox's address."""
        return self.data.address

    @property
    def subject(self) -> str:
        return self.data.subject

    @property
    def from_(self) -> str:
        """The sender's address, of the From field."""
        return self.data.from_address

    @property
    def from_name(self) -> str:
        """The sender's name, of the From field; may be empty."""
        return self.data.from_name

    @property
    def to(self) -> Sequence[str]:
        """The addresses of the To field. Who the mail was sent to is in `recipients`."""
        return self.data.to

    @property
    def cc(self) -> Sequence[str]:
        """The addresses of the Cc field."""
        return self.data.cc

    @property
    def recipients(self) -> Sequence[str]:
        """The addresses that the mail was sent to and that lead to this inbox."""
        return self.data.recipients

    @property
    def bcc(self) -> Sequence[str]:
        """Those of `recipients` that no header field names."""
        return self.data.bcc

    @property
    def text(self) -> str:
        """The body as text; empty if the mail has HTML alone."""
        return self.data.body_text

    @property
    def html(self) -> str:
        """The body as HTML, as it was sent; empty if the mail has none."""
        return self.data.body_html

    @property
    def headers(self) -> Mapping[str, str]:
        """The header fields by name, one value of each; `header_fields` of `data` has all of them in order."""
        return self.data.headers

    def header(self, name: str) -> str | None:
        """Return the first header field of that name, in any case; None if there is none.

        Example:
            >>> message.header("subject")
            'Welcome'
        """
        wanted = name.lower()
        return next((value for field, value in self.data.header_fields if field.lower() == wanted), None)

    @property
    def attachments(self) -> Sequence[AttachmentData]:
        """The attachments without their octets: `inbox.attachment(message, "invoice.pdf")` gets those."""
        return self.data.attachments

    @property
    def received_at(self) -> datetime:
        return self.data.received_at

    @property
    def tags(self) -> Sequence[str]:
        return self.data.tags

    @cached_property
    def codes(self) -> Sequence[Code]:
        """All that could be a one-time code, the most likely first."""
        return [Code(candidate, self) for candidate in self.data.otp_candidates]

    @cached_property
    def code(self) -> Code | None:
        """The one-time code; None if there is none.

        Example:
            >>> message.code
            '482913'
        """
        found = self.data.otp_detected
        return None if found is None else next((code for code in self.codes if code == found), None)

    def links(self, kind: str | None = None, text: Pattern | None = None) -> list[Link]:
        """Return the links; those of a kind; those whose text matches (a part of it in any case, or a `re.Pattern`).

        Example:
            >>> [link.text for link in message.links(kind="verify")]
            ['Confirm your address']
        """
        return links_of(self, None, text, kind)

    def link(self, pattern: Pattern | None = None, *, text: Pattern | None = None, kind: str | None = None) -> Link:
        """Return the only link that matches: `pattern` is a part of its URL or a `re.Pattern`. Else LinkNotFound.

        Example:
            >>> message.link("/verify")
            'https://shop.example/verify?t=1'
        """
        return only(links_of(self, pattern, text, kind), self, described(pattern, text, kind))

    def open(self, page: Any) -> Any:
        """Show the HTML, or else the text, in a page of Playwright: `message.open(page)`, or awaited."""
        return page.set_content(self.html or f"<pre>{_as_html(self.text)}</pre>")


def links_of(message: Message, pattern: Pattern | None, text: Pattern | None, kind: str | None) -> list[Link]:
    """Return the links of a message that match all of it."""
    links = (Link(data, message) for data in message.data.links)
    return [
        link
        for link in links
        if (pattern is None or _matches_url(pattern, link))
        and (text is None or _matches_text(text, link.text))
        and (kind is None or kind == link.kind)
    ]


def only(found: Sequence[Link], message: Message, wanted: str) -> Link:
    """Return the one link; LinkNotFound if there are none or several that lead to different places."""
    if len(set(found)) == 1:
        return found[0]
    raise LinkNotFound.of(wanted, len(set(found)), message.links())


def described(pattern: Pattern | None, text: Pattern | None, kind: str | None) -> str:
    """Say for people which link is wanted."""
    parts = {"pattern": pattern, "text": text, "kind": kind}
    words = [f"{name}={escaped(repr(_source(value)))}" for name, value in parts.items() if value is not None]
    return ", ".join(words) or "a wait for any link: say which, by a part of its URL, its text or its kind"


def _source(pattern: Pattern) -> str:
    return pattern if isinstance(pattern, str) else pattern.pattern


def _matches_url(pattern: Pattern, url: str) -> bool:
    return pattern in url if isinstance(pattern, str) else pattern.search(url) is not None


def _matches_text(pattern: Pattern, text: str) -> bool:
    return pattern.casefold() in text.casefold() if isinstance(pattern, str) else pattern.search(text) is not None


def _as_html(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
