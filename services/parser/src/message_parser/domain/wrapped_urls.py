"""Finds URLs that are broken over lines or blanks between angle brackets (RFC 3986 appendix C).

Used by `links`, and by `otp`, where the digits in them are no codes.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

_MAX_CHARACTERS, _MAX_PIECES = 8192, 200
_BRACKETS = (("<", ">"), ("&lt;", "&gt;"))
_PREFIX = "url:"  # <URL:https://...>
_REACH_BEFORE = 24
_PIECE = re.compile(r"[^\s<>\"\x00-\x1f\u2e80-\uffff]{1,8192}")
_QUOTED = re.compile(r"[ \t]{0,3}(?:>[ \t]?){1,20}")
_URL_MARKS = frozenset("0123456789/?&=%#_-.~+:")
_LONGEST_LINE = 2_000  # before a URL, searched for the marks of a quote that begin it
_WHOLE_LINE = 20  # a line of a wrapped URL is longer than a word


class WrappedUrl(NamedTuple):
    """`start`: of the opening bracket. `end`: after the closing one. `url`: without white space."""

    start: int
    end: int
    url: str


def find_wrapped_urls(text: str) -> Iterator[WrappedUrl]:
    """URLs with white space in them, left to right. In quoted text the marks of the quote are white space, too."""
    position = text.find("://")
    while position >= 0:
        scheme = text[max(0, position - 5) : position].lower()
        length = 5 if scheme == "https" else 4 if scheme.endswith("http") else 0
        found = _bracketed(text, position - length) if length else None
        if found is not None:
            yield found
        position = text.find("://", found.end if found else position + 1)


def _bracketed(text: str, position: int) -> WrappedUrl | None:
    """The URL that begins at `position`, if it is between brackets and wrapped."""
    before = text[max(0, position - _REACH_BEFORE) : position].rstrip()
    if before[-len(_PREFIX) :].lower() == _PREFIX:
        before = before[: -len(_PREFIX)].rstrip()
    for opening, closing in _BRACKETS:
        if before.endswith(opening):
            limit = text.find(opening, position, position + _MAX_CHARACTERS)
            limit = position + _MAX_CHARACTERS if limit < 0 else limit
            if text.find(closing, position, limit) >= 0:
                return _joined(text, text.rfind(opening, 0, position), position, limit, closing)
    return None


def _joined(text: str, start: int, position: int, limit: int, closing: str) -> WrappedUrl | None:
    """The pieces from `position` to the closing bracket; None if they are prose (`<https://a.example is our site>`)."""
    gap = _gap(_quote_depth(text, start))
    pieces: list[str] = []
    is_after_break = True
    while len(pieces) < _MAX_PIECES and (match := _PIECE.match(text, position, limit)):
        piece = match.group().partition(closing)[0]
        pieces.append(piece)
        end = match.start() + len(piece)
        position = _skip(gap, text, end)
        if text.startswith(closing, position):
            is_wrapped = len(pieces) > 1
            return WrappedUrl(start, position + len(closing), "".join(pieces)) if is_wrapped else None
        if not is_after_break and _is_word(piece):
            return None
        is_after_break = "\n" in text[end:position]
    return None


def _quote_depth(text: str, position: int) -> int:
    """How many marks of a quote begin the line of `position`; none where the line is too long to look."""
    lowest = max(0, position - _LONGEST_LINE)
    line_end = text.rfind("\n", lowest, position)
    if line_end < 0 < lowest:
        return 0
    quoted = _QUOTED.match(text, line_end + 1, position)
    return quoted.group().count(">") if quoted else 0


def _is_word(piece: str) -> bool:
    return len(piece) < _WHOLE_LINE and _URL_MARKS.isdisjoint(piece)


def _skip(gap: re.Pattern[str], text: str, position: int) -> int:
    match = gap.match(text, position)
    return match.end() if match else position


@cache
def _gap(depth: int) -> re.Pattern[str]:
    """White space within a line, or one line break with the marks of a quote of this depth."""
    marks = rf"(?:[ \t]{{0,3}}>){{{depth}}}" if depth else ""
    return re.compile(rf"[ \t]{{0,20}}(?:\r?\n{marks}[ \t]{{0,20}})?")
