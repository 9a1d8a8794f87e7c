"""Finds URLs that are broken over lines or blanks between angle brackets (RFC 3986 appendix C).

Used by `links`, and by `otp`, where the digits in them are no codes.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

_MAX_CHARACTERS = 8192
_OPENED = re.compile(r"(<|&lt;)\s{0,10}(?:[Uu][Rr][Ll]:\s{0,10})?(?=[Hh][Tt][Tt][Pp][Ss]?://)")
_PIECE = re.compile(r"[^\s<>\"\x00-\x1f\u2e80-\uffff]{1,8192}")
_CLOSING = {"<": ">", "&lt;": "&gt;"}
_QUOTED = re.compile(r"[ \t]{0,3}(?:>[ \t]?){1,20}")
_URL_MARKS = frozenset("0123456789/?&=%#_-.~+:")
_WHOLE_LINE = 20  # a line of a wrapped URL is longer than a word


class WrappedUrl(NamedTuple):
    """`start`: of the opening bracket. `end`: after the closing one. `url`: without white space."""

    start: int
    end: int
    url: str


def find_wrapped_urls(text: str) -> Iterator[WrappedUrl]:
    """URLs with white space in them, left to right. In quoted text the marks of the quote are white space, too."""
    if "://" not in text:
        return
    for opened in _OPENED.finditer(text):
        found = _read(text, opened)
        if found is not None:
            yield found


def _read(text: str, opened: re.Match[str]) -> WrappedUrl | None:
    closing = _CLOSING[opened.group(1)]
    quoted = _QUOTED.match(text, text.rfind("\n", 0, opened.start()) + 1, opened.start())
    gap = _gap(quoted.group().count(">") if quoted else 0)
    position, limit = opened.end(), opened.end() + _MAX_CHARACTERS
    pieces: list[tuple[str, bool]] = []
    broken = False
    while piece := _PIECE.match(text, position, limit):
        shown = piece.group().partition("&gt;")[0] if closing == "&gt;" else piece.group()
        if "&lt;" in shown:
            return None
        pieces.append((shown, broken))
        position = piece.start() + len(shown)
        end_of_piece, position = position, _after(gap, text, position)
        broken = "\n" in text[end_of_piece:position]
        if text.startswith(closing, position):
            url = "".join(one for one, _ in pieces)
            end = position + len(closing)
            return WrappedUrl(opened.start(), end, url) if _is_wrapped(pieces) else None
    return None


def _is_wrapped(pieces: list[tuple[str, bool]]) -> bool:
    """Whether there are several pieces, and no prose: `<https://a.example is our site>`."""
    return len(pieces) > 1 and all(
        is_after_break or len(piece) >= _WHOLE_LINE or not _URL_MARKS.isdisjoint(piece)
        for piece, is_after_break in pieces[1:-1]
    )


def _after(gap: re.Pattern[str], text: str, position: int) -> int:
    match = gap.match(text, position)
    return match.end() if match else position


@cache
def _gap(depth: int) -> re.Pattern[str]:
    """White space within a line, or one line break with the marks of a quote of this depth."""
    marks = rf"(?:[ \t]{{0,3}}>){{{depth}}}" if depth else ""
    return re.compile(rf"[ \t]{{0,20}}(?:\r?\n{marks}[ \t]{{0,20}})?")
