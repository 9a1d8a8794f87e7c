"""The words near a candidate that say what it is."""
# ruff: noqa: RUF001 - marks and words of many scripts

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from message_parser.domain.otp.words import Kind, label_kinds, phrases

_SENTENCE_END = re.compile(r"[.!?。！？؟।]")
_FAR = 160
REACH_BEFORE, REACH_AFTER = 600, 300
_LONG_NEGATIVE = 11
_DIRECT_AFTER, _FAR_AFTER = 26, 60
_SHORT_WORD, _PLAIN_WORD = 4, 6
_COMPOUND = re.compile(r"-[a-z]{2}")  # PIN-free
_FIRST_WORD = re.compile(r"[^\w]{0,3}([^\W\d_]{1,20})")


class Label(NamedTuple):
    """`gap`: characters between it and the candidate. `before`: it comes first. `firm`: a decoy's full name."""

    kind: Kind
    gap: int
    before: bool
    firm: bool = False


class Placed(NamedTuple):
    start: int
    end: int
    kind: Kind
    firm: bool


class Labels:
    """The labels of one text, found once, near the places that matter (`around`: start and end of each candidate)."""

    def __init__(self, text: str, lowered: str, around: Sequence[tuple[int, int]]) -> None:
        self._text = text
        self._placed = [label for start, end in _reaches(around, len(lowered)) for label in find(lowered, start, end)]
        self._starts = [label.start for label in self._placed]

    def of(self, start: int, end: int, line: tuple[int, int]) -> list[Label]:
        """The labels in the candidate's sentence, which never leaves `line`, nearest first.

        What follows a candidate labels it only where the words between look like `is your`: `81000 accounts were ...
        code` is prose.
        """
        left = _sentence_start(self._text, start, max(line[0], start - _FAR))
        right = _sentence_end(self._text, end, min(line[1], end + _FAR))
        before = [
            Label(label.kind, start - label.end, before=True, firm=label.firm) for label in self._within(left, start)
        ]
        after = [
            Label(label.kind, label.start - end, before=False, firm=label.firm)
            for label in self._within(end, right)
            if _links_back(self._text[end : label.start], label.kind)
        ]
        return sorted(before + after, key=lambda label: label.gap)

    def kinds_between(self, start: int, end: int) -> list[Kind]:
        """The kinds of the labels of a stretch of text, in order."""
        return [label.kind for label in self._within(start, end)]

    def _within(self, start: int, end: int) -> list[Placed]:
        places = range(bisect_left(self._starts, start), bisect_left(self._starts, end))
        return [self._placed[place] for place in places if self._placed[place].end <= end]


def find(lowered: str, start: int, end: int) -> Iterator[Placed]:
    """The labels of a stretch of text."""
    kinds = label_kinds()
    for hit in phrases("strong", "weak", "ambiguous", "negative").find(lowered, start, end):
        if not _COMPOUND.match(lowered, hit.end):
            yield Placed(hit.start, hit.end, kinds[hit.phrase], _is_firm(hit.phrase))


def _reaches(around: Sequence[tuple[int, int]], length: int) -> Iterator[tuple[int, int]]:
    """The stretches within reach of the candidates, those that overlap joined."""
    reached = 0
    for start, end in around:
        left, right = max(reached, start - REACH_BEFORE), min(length, end + REACH_AFTER)
        if left == reached and reached:
            yield reached, right
        else:
            yield left, right
        reached = right


def _links_back(between: str, kind: Kind) -> bool:
    word = _FIRST_WORD.match(between)
    length = len(word.group(1)) if word else 0
    if len(between) > _DIRECT_AFTER:
        return kind != "weak" and len(between) <= _FAR_AFTER and length <= _SHORT_WORD
    return length <= (_SHORT_WORD if kind == "weak" else _PLAIN_WORD)


def _is_firm(phrase: str) -> bool:
    return " " in phrase or len(phrase) >= _LONG_NEGATIVE or (not phrase.isascii() and phrase[0] > "\u0590")


def _sentence_start(text: str, start: int, floor: int) -> int:
    ends = [mark.start() for mark in _SENTENCE_END.finditer(text, floor, max(start - 1, floor))]
    return next((place + 1 for place in reversed(ends) if _ends_sentence(text, place)), floor)


def _sentence_end(text: str, end: int, ceiling: int) -> int:
    ends = (mark.start() for mark in _SENTENCE_END.finditer(text, end, ceiling))
    return next((place for place in ends if _ends_sentence(text, place)), ceiling)


def _ends_sentence(text: str, place: int) -> bool:
    """A full stop before a small letter belongs to an abbreviation (`Auth. code`)."""
    if text[place] > "\x7f":
        return True
    following = text[place + 1 : place + 3]
    return following[:1].isspace() and not (text[place] == "." and following[1:].islower())
