"""Labels: the words near a candidate that say what it is. Used by `engine`."""
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
    """`gap`: characters between label and candidate. `before`: the label comes first. `firm`: a decoy's full name."""

    kind: Kind
    gap: int
    before: bool
    firm: bool = False


class LabelMatch(NamedTuple):
    start: int
    end: int
    kind: Kind
    firm: bool


class Labels:
    """The labels of one text within reach of its candidates (`around`: start and end of each)."""

    def __init__(self, text: str, lowered: str, around: Sequence[tuple[int, int]]) -> None:
        self._text = text
        self._matches = [label for start, end in _reaches(around, len(lowered)) for label in find(lowered, start, end)]
        self._starts = [label.start for label in self._matches]

    def of(self, start: int, end: int, line: tuple[int, int]) -> list[Label]:
        """The labels in the candidate's sentence, nearest first. The sentence ends at the bounds of `line`.

        A label after the candidate counts only where the words between look like `is your`: `81000 accounts were ...
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
        """The kinds of the labels between `start` and `end`, in order."""
        return [label.kind for label in self._within(start, end)]

    def _within(self, start: int, end: int) -> list[LabelMatch]:
        indexes = range(bisect_left(self._starts, start), bisect_left(self._starts, end))
        return [self._matches[index] for index in indexes if self._matches[index].end <= end]


def find(lowered: str, start: int, end: int) -> Iterator[LabelMatch]:
    """The labels between `start` and `end`."""
    kinds = label_kinds()
    for hit in phrases("strong", "weak", "ambiguous", "negative").find(lowered, start, end):
        if not _COMPOUND.match(lowered, hit.end):
            yield LabelMatch(hit.start, hit.end, kinds[hit.phrase], _is_firm(hit.phrase))


def _reaches(around: Sequence[tuple[int, int]], length: int) -> Iterator[tuple[int, int]]:
    """The ranges within reach of the candidates; overlapping ones are joined."""
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
    return next((mark + 1 for mark in reversed(ends) if _ends_sentence(text, mark)), floor)


def _sentence_end(text: str, end: int, ceiling: int) -> int:
    ends = (mark.start() for mark in _SENTENCE_END.finditer(text, end, ceiling))
    return next((mark for mark in ends if _ends_sentence(text, mark)), ceiling)


def _ends_sentence(text: str, mark: int) -> bool:
    """Whether a mark ends a sentence: a full stop before a small letter is an abbreviation's (`Auth. code`)."""
    if text[mark] > "\x7f":
        return True
    following = text[mark + 1 : mark + 3]
    return following[:1].isspace() and not (text[mark] == "." and following[1:].islower())
