"""Matches messages against the criteria of a waiting call.

A text criterion is a case-insensitive substring or, after the prefix `re:`, an RE2 regular expression that may match
anywhere. Regular expressions, and substrings of long texts that are not ASCII, are searched by `api_gateway.patterns`
in a process of its own, everything else here.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice

from api_gateway.patterns.questions import Kind, fold
from api_gateway.patterns.search import Search, UnusablePattern
from api_gateway.refusals import BadInput
from mayfly.mail.address import spellings
from mayfly.records.message import Message

PATTERN_LIMIT = 512
_REGEX = "re:"
# Only the beginning of a body is searched.
_BODY_CHARACTERS = 1024 * 1024
_ADDRESSES = 200
# Folding the case of ASCII takes 1 ms for a million characters, of other text 15 ms.
_SHORT = 32 * 1024

_Texts = Callable[[Message], Iterator[str]]


@dataclass(frozen=True, slots=True)
class Wish:
    """The criteria in a request; None: no condition."""

    sender: str | None = None
    to: str | None = None
    subject: str | None = None
    body: str | None = None
    has_otp: bool | None = None
    has_link: bool | None = None


@dataclass(frozen=True, slots=True)
class _Pattern:
    kind: Kind
    text: str
    texts: _Texts


class Matchers:
    """The criteria of one call, by their names in the API. Raises BadInput for a pattern that is too long."""

    def __init__(self, wish: Wish) -> None:
        self._wish = wish
        self._patterns = dict(_patterns(wish))

    @property
    def search_elsewhere(self) -> bool:
        """Whether there is a regular expression."""
        return any(pattern.kind is Kind.REGEX for pattern in self._patterns.values())

    @property
    def reads_bodies(self) -> bool:
        """Whether a long text may be searched, which takes a search process unless it is ASCII."""
        return "body" in self._patterns

    async def check(self, search: Search) -> None:
        """Raise BadInput for a regular expression that cannot be used."""
        for name, pattern in self._patterns.items():
            if pattern.kind is Kind.REGEX:
                with _naming(name):
                    await search.check(pattern.text)

    async def failed_by(self, message: Message, search: Search) -> list[str]:
        """Names of the criteria that the message does not meet; empty: it matches.

        Raises BadInput for a pattern that takes too long on it, TransientFailure.
        """
        failed = [name for name, pattern in self._patterns.items() if not await _is_met(name, pattern, message, search)]
        wish = self._wish
        if wish.has_otp is not None and (message.otp is not None) is not wish.has_otp:
            failed.append("has_otp")
        if wish.has_link is not None and bool(message.links) is not wish.has_link:
            failed.append("has_link")
        return failed


async def _is_met(name: str, pattern: _Pattern, message: Message, search: Search) -> bool:
    texts = list(pattern.texts(message))
    if pattern.kind is Kind.REGEX or any(len(text) > _SHORT and not text.isascii() for text in texts):
        with _naming(name):
            return await search.finds(pattern.kind, pattern.text, texts)
    looked_for = spellings(pattern.text) if pattern.kind is Kind.ADDRESS else {pattern.text}
    wanted = [fold(pattern.kind, spelling) for spelling in looked_for]
    return any(spelling in fold(pattern.kind, text) for text in texts for spelling in wanted)


@contextmanager
def _naming(name: str) -> Iterator[None]:
    try:
        yield
    except UnusablePattern as error:
        raise BadInput(str(error), field=name) from error


def _patterns(wish: Wish) -> Iterator[tuple[str, _Pattern]]:
    for name, text, texts in (
        ("from", wish.sender, _senders),
        ("to", wish.to, _recipients),
        ("subject", wish.subject, _subjects),
        ("body", wish.body, _bodies),
    ):
        if text is not None:
            yield name, _pattern(name, text, texts)


def _pattern(name: str, text: str, texts: _Texts) -> _Pattern:
    if len(text) > PATTERN_LIMIT:
        raise BadInput(f"must have at most {PATTERN_LIMIT} characters", field=name)
    if not text.startswith(_REGEX):
        return _Pattern(Kind.ADDRESS if name in {"from", "to"} else Kind.SUBSTRING, text, texts)
    expression = text.removeprefix(_REGEX)
    try:
        expression.encode()
    except UnicodeEncodeError as error:
        raise BadInput("not a valid RE2 regular expression", field=name) from error
    return _Pattern(Kind.REGEX, expression, texts)


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
