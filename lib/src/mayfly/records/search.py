"""What a search asks for, and what of a message it looks into.

A search is made by api-gateway and run by mayfly.store; docs/search.md describes the language in which people write it.
"""

from datetime import datetime
from typing import Literal

from msgspec import Struct

Field = Literal["any", "from", "to", "cc", "bcc", "reply-to", "addressed", "subject", "message-id"]
"""Where text is searched. `any`: everywhere in the mail; `addressed`: in any of the five fields with addresses."""

Property = Literal["read", "unread", "tagged", "attachment", "inline", "code", "link"]


class Contains(Struct, frozen=True):
    """The field has this text, which is folded (mayfly.mail.folding). Names and addresses both count."""

    field: Field
    text: str


class Tagged(Struct, frozen=True):
    """The message has this tag, compared without case."""

    tag: str


class Has(Struct, frozen=True):
    """The message is read, unread or tagged, or has an attachment, an inline part, a one-time code or a link."""

    what: Property


class Received(Struct, frozen=True):
    """It was received at or after `since`, and before `before`."""

    since: datetime | None = None
    before: datetime | None = None


class Sized(Struct, frozen=True):
    """The raw mail has `least` octets or more, and fewer than `below`."""

    least: int | None = None
    below: int | None = None


Condition = Contains | Tagged | Has | Received | Sized


class Term(Struct, frozen=True):
    """One condition; `negated`: only messages that do not meet it."""

    condition: Condition
    negated: bool = False


class Search(Struct, frozen=True):
    """All terms must hold; without terms it finds every message."""

    terms: tuple[Term, ...] = ()


class Folded(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The texts of a message that searches look into, folded (mayfly.mail.folding) so that they compare literally.

    Of the fields of the header: each mailbox as name and address. `return_path`: of the envelope. `body`: what the HTML
    shows, what of the text part is not in it, hidden text and the addresses of links; capped by the parser.
    """

    sender: str = ""
    to: str = ""
    cc: str = ""
    bcc: str = ""
    reply_to: str = ""
    return_path: str = ""
    subject: str = ""
    body: str = ""
