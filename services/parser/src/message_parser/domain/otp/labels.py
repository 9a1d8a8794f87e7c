"""Labels: the words near a candidate that say what it is. Used by `engine`."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from message_parser.domain.otp import sentences
from message_parser.domain.otp.shapes import Candidate
from message_parser.domain.otp.words import LABEL_KINDS, Kind, label_kinds, phrases

_FAR = 160
REACH_BEFORE, REACH_AFTER = 600, 300
DIRECT_GAP = 26
_LONG_NEGATIVE = 11
_HEAD_GAP = 8
_COMPOUND = re.compile(r"-[a-z]{2}")  # PIN-free
_BESIDE = re.compile(r"[\s:#№.(*'\"-]{0,4}(?:(?:no|nr|nb|num)\b[.:]?[ ]?)?")
_CODE_KINDS = ("strong", "ambiguous", "weak")


class Label(NamedTuple):
    """`gap`: characters between label and candidate. `before`: the label comes first. `firm`: a decoy's full name.

    `start`: its offset in the text. `is_parted`: a comma stands between label and candidate. `is_direct`: nothing but
    punctuation or a copula does (`code: 123456`, `code is 123456`).
    """

    kind: Kind
    gap: int
    before: bool
    firm: bool
    start: int
    is_parted: bool
    is_direct: bool


class LabelMatch(NamedTuple):
    start: int
    end: int
    kind: Kind
    firm: bool


class Labels:
    """The labels of one text within reach of its candidates, which are in order."""

    def __init__(self, text: str, lowered: str, candidates: Sequence[Candidate]) -> None:
        self._text = text
        self._lowered = lowered
        self._candidates = candidates
        self._candidate_starts = [one.start for one in candidates]
        self._matches = [
            label for start, end in _reaches(candidates, len(lowered)) for label in find(lowered, start, end)
        ]
        self._starts = [label.start for label in self._matches]
        self._claimed: set[int] = set()
        self._decoys: set[Candidate] = set()

    def sentence(self, candidate: Candidate, line: tuple[int, int]) -> tuple[int, int]:
        """Start and end of the candidate's sentence, within the bounds of `line`."""
        left = sentences.start_of(self._text, candidate.start, max(line[0], candidate.start - _FAR))
        return left, sentences.end_of(self._text, candidate.end, min(line[1], candidate.end + _FAR))

    def of(self, candidate: Candidate, sentence: tuple[int, int]) -> list[Label]:
        """The labels in the candidate's sentence, nearest first.

        A label after the candidate counts only where the words between look like `is your`: `81000 accounts were ...
        code` is prose. Labels that another candidate has claimed are left out, and so are words that say what a code
        is for.
        """
        left, right = sentence
        before = self._within(left, candidate.start)
        labels = [
            self._label(match, candidate, match.end, candidate.start)
            for index, match in enumerate(before)
            if self._counts_before(before, index, candidate)
        ]
        labels += [
            self._label(match, candidate, candidate.end, match.start)
            for match in self._within(candidate.end, right)
            if self._counts_after(match, candidate, right)
        ]
        return sorted(labels, key=_rank) if len(labels) > 1 else labels

    def kinds_between(self, start: int, end: int) -> list[Kind]:
        """The kinds of the unclaimed labels between `start` and `end`, in order."""
        return [label.kind for label in self._within(start, end) if label.kind != "adjacent"]

    def leads_on(self, end: int) -> bool:
        """Whether the next words after a line's `end` are a candidate: what that line names is that candidate."""
        following = self._next_candidate(end)
        return following is not None and not self._lowered[end : following.start].strip()

    def claim_for_decoy(self, label: Label, candidate: Candidate) -> None:
        """The label belongs to this candidate, and so do all labels between them."""
        if candidate is self._candidates[-1]:
            return
        self._decoys.add(candidate)
        self._claim(*((label.start, candidate.start) if label.before else (candidate.end, label.start + 1)))

    def claim_for_code(self, label: Label, candidate: Candidate, sentence: tuple[int, int]) -> None:
        """The label belongs to this candidate, and so do all labels before it in the sentence."""
        if candidate is self._candidates[-1]:
            return
        self._claim(*((sentence[0], candidate.start) if label.before else (candidate.end, label.start + 1)))

    def rival(self, candidate: Candidate, sentence: tuple[int, int]) -> Candidate | None:
        """The next candidate of the sentence, if no label of its own stands before it."""
        following = self._next_candidate(candidate.end)
        if following is None or following.shape == "letters" or following.start >= sentence[1]:
            return None
        return None if self._within(candidate.end, following.start) else following

    def is_announced(self, candidate: Candidate) -> bool:
        """Whether a colon or a copula stands before it."""
        return sentences.announces(self._lowered, candidate.start)

    def _claim(self, start: int, end: int) -> None:
        self._claimed.update(self._starts[bisect_left(self._starts, start) : bisect_left(self._starts, end)])

    def _label(self, match: LabelMatch, candidate: Candidate, start: int, end: int) -> Label:
        kind: Kind = "negative" if match.kind == "adjacent" else match.kind
        between, before = self._lowered[start:end], match.start < candidate.start
        is_direct = sentences.is_copular(between) if before else sentences.starts_copular(between)
        return Label(kind, end - start, before, match.firm, match.start, sentences.has_comma(between), is_direct)

    def _counts_before(self, before: Sequence[LabelMatch], index: int, candidate: Candidate) -> bool:
        match = before[index]
        if match.kind in _CODE_KINDS:
            return True
        between = self._lowered[match.end : candidate.start]
        if match.kind == "adjacent" and _BESIDE.fullmatch(between) is None:
            return False
        return not sentences.asks_after_comma(between) and not self._is_purpose(before[:index], match, candidate)

    def _is_purpose(self, earlier: Sequence[LabelMatch], match: LabelMatch, candidate: Candidate) -> bool:
        """Whether `match` says what a code is for: `code to verify your phone number is 123456`."""
        head = next((one for one in reversed(earlier) if one.kind in _CODE_KINDS), None)
        if head is None or self._next_undecided(head.end) != candidate:
            return False
        if not sentences.announces(self._lowered, candidate.start, match.end):
            return False
        words = self._lowered[head.end : match.start]
        if sentences.has_comma(words) or ":" in words:
            return False
        if head.kind == "strong" and len(words) <= _HEAD_GAP:
            return True
        return sentences.names_purpose(words) or phrases("verify", "reset", "magic").occur_in(words)

    def _counts_after(self, match: LabelMatch, candidate: Candidate, right: int) -> bool:
        if match.kind == "adjacent":
            return False
        between = self._lowered[candidate.end : match.start]
        if not sentences.links_back(between, match.kind):
            return False
        if match.kind == "negative" and phrases("verify", "reset", "magic", "purpose", "action").occur_in(between):
            return False
        return not self._leads_away(match, candidate, right)

    def _leads_away(self, match: LabelMatch, candidate: Candidate, right: int) -> bool:
        """Whether the label belongs to the candidate behind it: `customer 10023, your OTP is 448120`."""
        following = self._next_candidate(match.end)
        if following is None or following.start >= right or self._within(match.end, following.start):
            return False
        gap = following.start - match.end
        if gap > DIRECT_GAP or following.shape == "letters":
            return False
        between = self._lowered[candidate.end : match.start]
        is_tied = between.strip() and sentences.starts_copular(between)
        return self.is_announced(following) or (gap <= len(between) and not is_tied)

    def _next_candidate(self, position: int) -> Candidate | None:
        index = bisect_left(self._candidate_starts, position)
        return self._candidates[index] if index < len(self._candidates) else None

    def _next_undecided(self, position: int) -> Candidate | None:
        following = self._next_candidate(position)
        while following in self._decoys:
            following = self._next_candidate(following.end)
        return following

    def _within(self, start: int, end: int) -> list[LabelMatch]:
        found = self._matches[bisect_left(self._starts, start) : bisect_left(self._starts, end)]
        return [match for match in found if match.end <= end and match.start not in self._claimed] if found else found


def _rank(label: Label) -> tuple[bool, bool, int]:
    return label.is_parted, not label.is_direct, label.gap


def find(lowered: str, start: int, end: int) -> list[LabelMatch]:
    """The labels between `start` and `end`, without words that only describe the next one (`phone` in `phone code`)."""
    known = _label_kinds()
    found: list[LabelMatch] = []
    for hit in phrases(*LABEL_KINDS).find(lowered, start, end):
        if lowered.startswith("-", hit.end) and _COMPOUND.match(lowered, hit.end):
            continue
        kind, is_firm = known[hit.phrase]
        if kind == "strong" and found and hit.start - found[-1].end <= 1 and found[-1].kind not in _CODE_KINDS:
            found.pop()
        found.append(LabelMatch(hit.start, hit.end, kind, is_firm))
    return found


@cache
def _label_kinds() -> dict[str, tuple[Kind, bool]]:
    """The kind of each label, and whether it is firm."""
    return {phrase: (kind, _is_firm(phrase)) for phrase, kind in label_kinds().items()}


def _reaches(around: Sequence[Candidate], length: int) -> Iterator[tuple[int, int]]:
    """The ranges within reach of the candidates; overlapping ones are joined."""
    reached = 0
    for candidate in around:
        left, right = max(reached, candidate.start - REACH_BEFORE), min(length, candidate.end + REACH_AFTER)
        if left == reached and reached:
            yield reached, right
        else:
            yield left, right
        reached = right


def _is_firm(phrase: str) -> bool:
    return " " in phrase or len(phrase) >= _LONG_NEGATIVE or (not phrase.isascii() and phrase[0] > "\u0590")
