"""Matches messages against the criteria of a waiting call.

A text criterion is a case-insensitive substring or, after the prefix `re:`, an RE2 regular expression that may match
anywhere. RE2 takes time linear in the length of the text for every pattern, so untrusted patterns are safe.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

import re2

from api_gateway.refusals import BadInput
from mayfly.records.message import Message

PATTERN_LIMIT = 512
_REGEX = "re:"
_PATTERN_OCTETS = 1024 * 1024
# Only the beginning of a body is searched.
_BODY_CHARACTERS = 1024 * 1024
_ADDRESSES = 200

Criterion = Callable[[Message], bool]
_Find = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Wish:
    """The criteria in a request; None: no condition."""

    sender: str | None = None
    to: str | None = None
    subject: str | None = None
    body: str | None = None
    has_otp: bool | None = None
    has_link: bool | None = None


class Matchers:
    """The criteria of one call, by their names in the API. Raises BadInput for a malformed pattern."""

    def __init__(self, wish: Wish) -> None:
        self._criteria = dict(_criteria(wish))

    def failed_by(self, message: Message) -> list[str]:
        """Names of the criteria that the message does not meet; empty: it matches."""
        return [name for name, is_met in self._criteria.items() if not is_met(message)]


def _criteria(wish: Wish) -> Iterator[tuple[str, Criterion]]:
    for name, pattern, texts in (
        ("from", wish.sender, _senders),
        ("to", wish.to, _recipients),
        ("subject", wish.subject, _subjects),
        ("body", wish.body, _bodies),
    ):
        if pattern is not None:
            yield name, _any_of(texts, _finder(name, pattern))
    if wish.has_otp is not None:
        yield "has_otp", lambda message: (message.otp is not None) is wish.has_otp
    if wish.has_link is not None:
        yield "has_link", lambda message: bool(message.links) is wish.has_link


def _any_of(texts: Callable[[Message], Iterator[str]], find: _Find) -> Criterion:
    return lambda message: any(find(text) for text in texts(message))


def _finder(name: str, pattern: str) -> _Find:
    if len(pattern) > PATTERN_LIMIT:
        raise BadInput(f"must have at most {PATTERN_LIMIT} characters", field=name)
    if not pattern.startswith(_REGEX):
        fold = _fold_address if name in {"from", "to"} else str.casefold
        wanted = fold(pattern)
        return lambda text: wanted in fold(text)
    try:
        # Octets, not str: for a str the library converts the offset of every match into characters.
        expression = re2.compile(pattern.removeprefix(_REGEX).encode(), _options())
    except (re2.error, UnicodeEncodeError) as error:
        raise BadInput("not a valid RE2 regular expression", field=name) from error
    return lambda text: expression.search(text.encode(errors="replace")) is not None


def _fold_address(text: str) -> str:
    # A `+` that a client did not percent-encode arrives as a blank, which addresses do not contain.
    return text.casefold().replace("+", " ")


def _options() -> re2.Options:
    options = re2.Options()
    options.max_mem = _PATTERN_OCTETS
    options.log_errors = False
    options.never_capture = True
    return options


def _senders(message: Message) -> Iterator[str]:
    """The From field (as address, as name and address, as name) and the reverse-path of the envelope."""
    yield message.from_address
    yield f"{message.from_name} <{message.from_address}>"
    yield message.from_name
    yield message.envelope.reverse_path


def _recipients(message: Message) -> Iterator[str]:
    """The forward-paths with their tags, the address of the inbox, and up to 200 addresses of To and Cc."""
    yield message.envelope.forward_path
    yield from message.recipients
    yield message.address
    yield from islice((*message.to, *message.cc), _ADDRESSES)


def _subjects(message: Message) -> Iterator[str]:
    yield message.subject


def _bodies(message: Message) -> Iterator[str]:
    """The readable text, then the HTML source, which contains link targets."""
    yield message.text[:_BODY_CHARACTERS]
    yield message.html[:_BODY_CHARACTERS]
