"""Finds the words that matter in a text, all of them in one pass: labels, and signals. Used by `labels` and `features`.

A label says what kind of number stands beside it (`verification code`, `order number`). A signal says something about a
mail or a sentence (`enter`, `expires`, `your`). A word that is part of a label is no signal, or only one that says what
the whole mail is about.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from typing import NamedTuple

from message_parser.domain.otp.words import BITS, LABEL_KINDS, Kind, Phrases, is_spaced, phrases
from message_parser.domain.otp.words import label_kind as kind_of

CODE_KINDS = ("strong", "ambiguous", "weak")
SIGNALS = (
    *(
        "action",
        "expiry",
        "unasked",
        "warning",
        "stale",
        "fresh",
        "backup",
        "offer",
        "context",
        "your",
        "here",
        "entry",
        "replaces",
        "place",
        "transfer",
        "meeting",
    ),
    *("verify", "reset", "magic"),
)
_SIGNALS = sum(BITS[name] for name in SIGNALS)
SIGNING_IN = BITS["verify"] | BITS["reset"] | BITS["magic"] | BITS["entry"]
_EVEN_IN_LABELS = BITS["offer"] | BITS["context"] | BITS["backup"] | BITS["your"]
_MAX_LABELS = 1_000  # of one text
BESIDE_ALONE: tuple[Kind, ...] = ("adjacent", "trailing")  # labels of the number they touch, signals elsewhere
_LONGEST_LABEL = 40
_LONG_NEGATIVE = 11
_COMPOUND = re.compile(r"-[a-z]{2}")  # PIN-free


class LabelMatch(NamedTuple):
    """A label in a text. `is_firm`: it is a full name (`order number`), and no short word."""

    start: int
    end: int
    kind: Kind
    is_firm: bool


class Scan:
    """What was found in some ranges of a text.

    `labels`: in order. `lists`: the lists of all signals. `names_code`: whether there is a label of a code.
    """

    __slots__ = ("_ends", "_found", "_starts", "context", "labels", "lists", "names_code")

    def __init__(self, lowered: str, ranges: Iterable[tuple[int, int]]) -> None:
        self.labels: list[LabelMatch] = []
        self.lists = 0
        self.names_code = False
        self.context: set[str] = set()
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._found: list[int] = []
        known = search()
        context = BITS["context"]
        for first, last in ranges:
            for start, end, phrase, _ in known.find(lowered, first, last):
                lists, kind, is_firm, inner = _entry(phrase)
                if lists:
                    self._starts.append(start)
                    self._ends.append(end)
                    self._found.append(lists)
                    self.lists |= lists
                    if lists & context:
                        self.context.add(phrase)
                if kind is not None:
                    self._add(lowered, start, end, kind, is_firm)
                for offset, length in inner:
                    self._add_inner(lowered, start + offset, start + offset + length, end)

    def right_before(self, start: int, end: int) -> int:
        """The lists of the phrases that begin before `end` and end after `start`."""
        found, starts = 0, self._starts
        for index in range(bisect_left(starts, start - _LONGEST_LABEL), bisect_left(starts, end)):
            if self._ends[index] > start:
                found |= self._found[index]
        return found

    def within(self, start: int, end: int) -> int:
        """The lists of the signals that begin between `start` and `end`."""
        found, starts = 0, self._starts
        for index in range(bisect_left(starts, start), bisect_left(starts, end)):
            found |= self._found[index]
        return found

    def _add_inner(self, lowered: str, start: int, end: int, phrase_end: int) -> None:
        """Add a label inside another phrase. One at its end may be longer: `this code` hides `code to sign in`."""
        found = _label_at(lowered, start, end + _LONGEST_LABEL if end == phrase_end else end)
        if found is not None:
            self._add(lowered, start, *found)

    def _add(self, lowered: str, start: int, end: int, kind: Kind, is_firm: bool) -> None:
        """Add a label. Words that only describe the next one (`phone` in `phone code`) are none."""
        if lowered.startswith("-", end) and _COMPOUND.match(lowered, end):
            return
        labels = self.labels
        if kind == "strong" and labels and start - labels[-1].end <= 1 and labels[-1].kind not in CODE_KINDS:
            labels.pop()
        if len(labels) < _MAX_LABELS:
            self.names_code = self.names_code or kind in CODE_KINDS
            labels.append(LabelMatch(start, end, kind, is_firm))


class _Entry(NamedTuple):
    """What a phrase is: its lists of signals and its kind of label; of one that is none, the labels inside it."""

    lists: int
    kind: Kind | None
    is_firm: bool
    inner: list[tuple[int, int]]


@cache
def search() -> Phrases:
    """All labels and signals."""
    return phrases(*LABEL_KINDS, *SIGNALS)


@cache
def _entry(phrase: str) -> _Entry:
    """What a phrase is; found when it first occurs in a mail, because most phrases never do.

    `expires` is a word of one language, and `expire*` of another: it is in the lists of both.
    """
    known = search()
    own = 0
    for stem in (phrase, *known.stems_of(phrase)):
        own |= known.lists_of(stem) & _SIGNALS
    kind = label_kind(phrase)
    if kind is None:
        return _Entry(own, None, False, list(_labels_inside(phrase)))
    if kind not in BESIDE_ALONE:
        for word in _words_of(phrase):
            own |= known.lists_of(word)
        own &= _EVEN_IN_LABELS
    return _Entry(own, kind, _is_firm(phrase), [])


def _labels_inside(phrase: str) -> Iterator[tuple[int, int]]:
    """Offset and length of the labels in a phrase, left to right, the longest at each offset."""
    offset = 0
    while offset < len(phrase):
        is_start = not offset or not phrase[offset - 1].isalpha() or not is_spaced(phrase[offset])
        found = _label_at(phrase, offset, len(phrase)) if is_start else None
        if found is not None:
            yield offset, found[0] - offset
        offset = offset + 1 if found is None else found[0]


def _label_at(lowered: str, start: int, limit: int) -> tuple[int, Kind, bool] | None:
    """The longest label from `start` on whose stem stops before `limit`: its end, its kind, whether it is firm."""
    for hit in search().beginnings(lowered, start, min(limit, start + _LONGEST_LABEL)):
        if (kind := kind_of(hit.lists)) is not None:
            return hit.end, kind, _is_firm(hit.phrase)
    return None


@lru_cache(maxsize=4096)
def label_kind(word: str) -> Kind | None:
    """The kind of label that a word is, if it is one."""
    known = search()
    kinds = (kind_of(known.lists_of(stem)) for stem in (word, *known.stems_of(word)))
    return next((kind for kind in kinds if kind is not None), None)


def _words_of(phrase: str) -> list[str]:
    """The words of a phrase, and the stems that they begin with."""
    return [stem for word in phrase.split() for stem in (word, *search().stems_of(word))]


def _is_firm(phrase: str) -> bool:
    return " " in phrase or len(phrase) >= _LONG_NEGATIVE or (not phrase.isascii() and phrase[0] > "\u0590")
