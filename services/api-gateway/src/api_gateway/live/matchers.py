"""The criteria of a waiting call, each of which a message meets or fails.

A text criterion is a substring in any case, or, behind the prefix `re:`, a regular expression in RE2's syntax, found
anywhere. RE2 runs in time linear in the text, whatever the pattern, so a pattern from outside is safe to run.
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
# Of a body, what lies behind this is not looked at.
_BODY_CHARACTERS = 1024 * 1024
_ADDRESSES = 200

Criterion = Callable[[Message], bool]
_Find = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Wish:
    """The criteria as a client states them; None: no condition."""

    sender: str | None = None
    to: str | None = None
    subject: str | None = None
    body: str | None = None
    has_otp: bool | None = None
    has_link: bool | None = None


class Matchers:
    """The criteria of one call, by the names that the API gives them. Raises BadInput for a malformed pattern."""

    def __init__(self, wish: Wish) -> None:
        self._criteria = dict(_criteria(wish))

    def failed_by(self, message: Message) -> list[str]:
        """Names of the criteria that the message fails; empty: it matches."""
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
        raise BadInput(f"longer than {PATTERN_LIMIT} characters", field=name)
    if not pattern.startswith(_REGEX):
        wanted = pattern.casefold()
        return lambda text: wanted in text.casefold()
    try:
        # Octets on both sides: the library would count characters up to every place it finds in a str.
        expression = re2.compile(pattern.removeprefix(_REGEX).encode(), _options())
    except (re2.error, UnicodeEncodeError) as error:
        raise BadInput("not a regular expression that RE2 knows", field=name) from error
    return lambda text: expression.search(text.encode(errors="replace")) is not None


def _options() -> re2.Options:
    options = re2.Options()
    options.max_mem = _PATTERN_OCTETS
    options.log_errors = False
    options.never_capture = True
    return options


def _senders(message: Message) -> Iterator[str]:
    """The From field, as address, as name, and as both; and the reverse-path."""
    yield message.from_address
    yield f"{message.from_name} <{message.from_address}>"
    yield message.from_name
    yield message.envelope.reverse_path


def _recipients(message: Message) -> Iterator[str]:
    """The forward-path, tag included; the inbox's address; the To and Cc fields."""
    yield message.envelope.forward_path
    yield message.address
    yield from islice((*message.to, *message.cc), _ADDRESSES)


def _subjects(message: Message) -> Iterator[str]:
    yield message.subject


def _bodies(message: Message) -> Iterator[str]:
    """The text a person reads, then the HTML source, where the targets of links stand."""
    yield message.text[:_BODY_CHARACTERS]
    yield message.html[:_BODY_CHARACTERS]
