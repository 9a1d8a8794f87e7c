"""Translates searches into queries. Used by mayfly.store.message_queries.

Text is compared octet by octet with the folded texts of a message. That takes the store a third to a half of the time
of a regular expression, and no text can be a pattern (ADR 0023). Messages stored before folded texts were
are searched in their other fields, and so is what is not folded: Message-ID and the names of attachments.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import assert_never

from pymongo.errors import ExecutionTimeout

from mayfly.failures import TransientFailure
from mayfly.mail.address import spellings
from mayfly.mail.tags import same_tag
from mayfly.records.search import Condition, Contains, Field, Has, Property, Received, Search, Sized, Tagged
from mayfly.store.client import Document, store_failures

MOST_MILLISECONDS = 5_000
"""What the store may take for one search."""
_ADDRESSES = ("sender", "to", "cc", "bcc", "reply_to")
_FOLDED: dict[Field, tuple[str, ...]] = {
    "from": ("sender",),
    "to": ("to",),
    "cc": ("cc",),
    "bcc": ("bcc",),
    "reply-to": ("reply_to",),
    "addressed": _ADDRESSES,
    "subject": ("subject",),
    "message-id": (),
    "any": (*_ADDRESSES, "return_path", "subject", "body"),
}
_PLAIN_ADDRESSES = ("from_address", "from_name", "to", "cc", "bcc", "reply_to")
_PLAIN: dict[Field, tuple[str, ...]] = {
    "from": ("from_address", "from_name"),
    "to": ("to",),
    "cc": ("cc",),
    "bcc": ("bcc",),
    "reply-to": ("reply_to",),
    "addressed": _PLAIN_ADDRESSES,
    "subject": ("subject",),
    "message-id": (),
    "any": (*_PLAIN_ADDRESSES, "envelope.reverse_path", "subject", "text", "hidden_text"),
}
_LISTS = frozenset(("to", "cc", "bcc", "reply_to"))
_IS_FOLDED: Document = {"$gt": ["$folded", None]}
_NEVER_FOLDED: dict[Field, tuple[str, ...]] = {"message-id": ("header_message_id",), "any": ("attachments.filename",)}
_HAS: dict[Property, Document] = {
    "read": {"is_read": True},
    "unread": {"is_read": False},
    "tagged": {"tags.0": {"$exists": True}},
    "attachment": {"attachments.inline": False},
    "inline": {"attachments.inline": True},
    "code": {"otp": {"$ne": None}},
    "link": {"links.0": {"$exists": True}},
}


@contextmanager
def search_failures() -> Iterator[None]:
    """As `store_failures`; a search that takes the store longer than it may is a TransientFailure with advice."""
    with store_failures():
        try:
            yield
        except ExecutionTimeout as error:
            advice = "the search takes too long; add a sender, a date or another term that few messages meet"
            raise TransientFailure(advice, retry_after=5) from error


def conditions_of(search: Search) -> list[Document]:
    """One condition for each term."""
    return [{"$nor": [_met(term.condition)]} if term.negated else _met(term.condition) for term in search.terms]


def _met(condition: Condition) -> Document:
    match condition:
        case Contains(field, text):
            return _contains(field, text)
        case Tagged(tag):
            return {"tags": {"$regex": f"^(?:{_any_of({tag, same_tag(tag)})})$", "$options": "i"}}
        case Has(what):
            return _HAS[what]
        case Received(since, before):
            return {"received_at": {**({"$gte": since} if since else {}), **({"$lt": before} if before else {})}}
        case Sized(least, below):
            return {"raw_size": {**({"$gte": least} if least else {}), **({"$lt": below} if below else {})}}
        case _:
            assert_never(condition)


def _contains(field: Field, text: str) -> Document:
    """That the field has the text, in one of the spellings that an address may have in it; "" is in every field."""
    if not text:
        return {}
    texts = {text} if field in {"subject", "message-id"} else spellings(text)
    pattern = _any_of(texts)
    ways: list[Document] = [{name: {"$regex": pattern, "$options": "i"}} for name in _NEVER_FOLDED.get(field, ())]
    if folded := _FOLDED[field]:
        # `$literal`, because a text that begins with `$` would be the value of a field.
        literals: list[Document] = [{"$literal": spelling} for spelling in sorted(texts)]
        places = [{"$indexOfBytes": [f"$folded.{name}", literal]} for name in folded for literal in literals]
        plain = [_matching(name, pattern) for name in _PLAIN[field]]
        # One expression, because only inside of one the order of evaluation is ours: with the patterns as a condition
        # beside it, the store tries them first, on every message, and takes twice as long (measured).
        found: Document = {"$cond": [_IS_FOLDED, {"$or": [{"$gte": [place, 0]} for place in places]}, {"$or": plain}]}
        ways.append({"$expr": found})
    return {"$or": ways}


def _matching(name: str, pattern: str) -> Document:
    value: Document = {"$ifNull": [f"${name}", ""]}
    if name in _LISTS:
        joined = {"$concat": ["$$value", "\n", "$$this"]}
        value = {"$reduce": {"input": {"$ifNull": [f"${name}", []]}, "initialValue": "", "in": joined}}
    return {"$regexMatch": {"input": value, "regex": {"$literal": pattern}, "options": "i"}}


def _any_of(texts: set[str]) -> str:
    # Escaped, so that a text is compared literally and never run as a pattern. A folded blank stands for any of what
    # folds to blanks; that and what is between blanks have no character in common, so nothing can match in two ways.
    return "|".join(r"[\s<>\",;()]+".join(map(re.escape, text.split(" "))) for text in sorted(texts))
