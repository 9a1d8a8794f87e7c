"""Reads the search language of docs/search.md, pure. For `q=` of lists, and for dialects whose searches are alike.

    from:ann -subject:"your code" after:2026-11-01 has:attachment words "a phrase"

The rules are Mailpit's: blanks outside quotation marks separate terms, quotation marks are then dropped, `-` or `!`
negates a term, and what is no `name:value` with a known name is searched as text.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime, tzinfo

from api_gateway.messages.moments import EXAMPLES, read_moment
from mayfly.failures import PermanentFailure
from mayfly.mail.folding import fold
from mayfly.mail.tags import clean_tag
from mayfly.records.search import Condition, Contains, Field, Has, Property, Received, Search, Sized, Tagged, Term

MAX_CHARACTERS = 1_000
MAX_TERMS = 30
_SHOWN_CHARACTERS = 40
_WORD = re.compile(r'(?:[^ "]|"[^"]*(?:"|$))+')
_SIZE = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,12})?) ?(?:(k)b?|(m)b?)?", re.IGNORECASE)


class BadSearch(PermanentFailure):
    """The search cannot be read; the reason names the term."""


class _NoMeaning(Exception):
    """The value has no meaning after this name; says which values have one."""


def parse_search(text: str, *, zone: tzinfo = UTC, lenient: bool = False) -> Search:
    """Read a search. `zone`: of dates that name none.

    Raises BadSearch when it is too long or has too many terms; and for terms without a meaning, such as `is:old` or
    `after:soon`, for terms without a value, and for a search without terms. `lenient` treats those as Mailpit does:
    searches for unknown properties and sizes as text, and leaves out dates that cannot be read and terms without a
    value. Takes time in proportion to the length.
    """
    if len(text) > MAX_CHARACTERS:
        raise BadSearch(f"longer than {MAX_CHARACTERS} characters")
    words = [word.replace('"', "") for word in _WORD.findall(text)]
    if len(words) > MAX_TERMS:
        raise BadSearch(f"more than {MAX_TERMS} terms")
    terms = tuple(dict.fromkeys(term for word in words if word and (term := _term(word, zone, lenient=lenient))))
    if not terms and not lenient:
        raise BadSearch("nothing to search for")
    return Search(terms)


def _term(word: str, zone: tzinfo, *, lenient: bool) -> Term | None:
    """The term; None to leave it out."""
    is_negated = len(word) > 1 and word[0] in "-!"
    text = word[1:] if is_negated else word
    name, colon, value = text.partition(":")
    name = name.lower()
    try:
        read = _READERS.get(name, _text) if colon else _text
        return Term(read(text if read is _text else value.strip(), zone), is_negated)
    except _NoMeaning as reason:
        if not lenient:
            raise BadSearch(f"`{word[:_SHOWN_CHARACTERS]}`: {reason}") from None
    is_left_out = colon and name in _LEFT_OUT
    return None if is_left_out else Term(Contains("any", fold(text)), is_negated)


def _text(text: str, _: tzinfo) -> Condition:
    if folded := fold(text):
        return Contains("any", folded)
    raise _NoMeaning("nothing to search for")


def _in(field: Field) -> "_Reader":
    def read(value: str, _: tzinfo) -> Condition:
        if folded := fold(value):
            return Contains(field, folded)
        raise _NoMeaning("needs a text")

    return read


def _tag(value: str, _: tzinfo) -> Condition:
    if tag := clean_tag(value):
        return Tagged(tag)
    raise _NoMeaning("needs a tag")


def _one_of(**known: Property) -> "_Reader":
    def read(value: str, _: tzinfo) -> Condition:
        if what := known.get(value.lower()):
            return Has(what)
        raise _NoMeaning(f"known are {', '.join(known)}")

    return read


def _since(value: str, zone: tzinfo) -> Condition:
    return Received(since=_moment(value, zone))


def _before(value: str, zone: tzinfo) -> Condition:
    return Received(before=_moment(value, zone))


def _moment(value: str, zone: tzinfo) -> datetime:
    moment = read_moment(value, zone)
    if moment is None:
        raise _NoMeaning(f"needs a date such as {EXAMPLES}")
    return moment


def _larger(value: str, _: tzinfo) -> Condition:
    return Sized(least=_octets(value))


def _smaller(value: str, _: tzinfo) -> Condition:
    return Sized(below=_octets(value))


def _octets(value: str) -> int:
    found = _SIZE.fullmatch(value)
    octets = int(float(found[1]) * (1024 if found[2] else 1024**2 if found[3] else 1)) if found else 0
    if not octets:
        raise _NoMeaning("needs a size such as 500, 20k or 1.5m")
    return octets


_Reader = Callable[[str, tzinfo], Condition]
_READERS: dict[str, _Reader] = {
    "from": _in("from"),
    "to": _in("to"),
    "cc": _in("cc"),
    "bcc": _in("bcc"),
    "reply-to": _in("reply-to"),
    "addressed": _in("addressed"),
    "subject": _in("subject"),
    "message-id": _in("message-id"),
    "tag": _tag,
    "is": _one_of(read="read", unread="unread", tagged="tagged"),
    "has": _one_of(
        attachment="attachment", attachments="attachment", inline="inline", inlines="inline", code="code", link="link"
    ),
    "after": _since,
    "before": _before,
    "larger": _larger,
    "smaller": _smaller,
}
_LEFT_OUT = frozenset(_READERS) - {"is", "has", "larger", "smaller"}
