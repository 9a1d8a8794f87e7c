"""Leaves out the lines of long tables that have numbers, but no word that speaks of a code. Used by `engine`.

Orders, statements and digests have a hundred such lines; to look for codes in them took 50 us each. A code among them
has a word of codes, of signing in or of entering near it, or is one of the first numbers of its mail (ADR 0020).
"""

import re
from bisect import bisect_left
from collections.abc import Collection, Sequence

from message_parser.domain.otp.scan import CODE_KINDS, SIGNING_IN, search
from message_parser.domain.otp.shapes import Line
from message_parser.domain.otp.words import BITS

MANY, _FIRST = 32, 10  # lines
_SEVERAL, _NUMBER = 5, re.compile(r"\d{4}")
_REACH_BEFORE, _REACH_AFTER = 200, 100  # characters
_SPEAKING = SIGNING_IN | sum(BITS[name] for name in (*CODE_KINDS, "action", "here", "fresh", "stale", "replaces"))


def without_tables(lowered: str, lines: list[Line]) -> list[Line]:
    """Of more than MANY lines the first ones, and those with such a word in them or near."""
    spoken = speaking(lowered)
    return lines[:_FIRST] + [line for line in lines[_FIRST:] if _is_near(spoken, line)]


def has_numbers(text: str, lines: Sequence[Line], kept: Collection[Line]) -> bool:
    """Whether several of the lines that are left out have a number of the length of codes."""
    kept, found = set(kept), 0
    for line in lines:
        if line not in kept and _NUMBER.search(text, *line[1:]):
            found += 1
            if found == _SEVERAL:
                return True
    return False


def speaking(lowered: str) -> list[int]:
    """Where words that speak of codes may stand."""
    return search().starts(lowered, _SPEAKING)


def _is_near(offsets: Sequence[int], line: Line) -> bool:
    """Whether one of the offsets is in the line or near it."""
    _, start, end = line
    following = bisect_left(offsets, start - _REACH_BEFORE)
    return following < len(offsets) and offsets[following] < end + _REACH_AFTER
