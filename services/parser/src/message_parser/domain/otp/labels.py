"""Labels: the words near a candidate that say what it is. Used by `engine`."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from message_parser.domain.otp import sentences
from message_parser.domain.otp.shapes import Candidate
from message_parser.domain.otp.words import Kind, label_kinds, phrases

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

    `start`: its offset in the text. `is_parted`: a comma stands between label and candidate.
    """

    kind: Kind
    gap: int
    before: bool
    firm: bool
    start: int
    is_parted: bool


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

    def of(self, candidate: Candidate, line: tuple[int, int]) -> list[Label]:
        """The labels in the candidate's sentence, nearest first. The sentence ends at the bounds of `line`.

        A label after the candidate counts only where the words between look like `is your`: `81000 accounts were ...
        code` is prose. Labels that another candidate has claimed are left out, and so are words that say what a code
        is for.
        """
        left, right = self._sentence(candidate, line)
        before = self._within(left, candidate.start)
        labels = [
            self._label(match, candidate, match.end, candidate.start)
            for index, match in enumerate(before)
            if self._counts_before(before[:index], match, candidate)
        ]
        labels += [
            self._label(match, candidate, candidate.end, match.start)
            for match in self._within(candidate.end, right)
            if self._counts_after(match, candidate, right)
        ]
        return sorted(labels, key=lambda label: (label.is_parted, label.gap))

    def kinds_between(self, start: int, end: int) -> list[Kind]:
        """The kinds of the unclaimed labels between `start` and `end`, in order."""
        return [label.kind for label in self._within(start, end) if label.kind != "adjacent"]

    def leads_on(self, end: int) -> bool:
        """Whether the next words after a line's `end` are a candidate: what that line names is that candidate."""
        following = self._next_candidate(end)
        return following is not None and not self._lowered[end : following.start].strip()

    def claim(self, label: Label, candidate: Candidate) -> None:
        """The label belongs to this candidate, and so do all labels between them."""
        self._claim(*((label.start, candidate.start) if label.before else (candidate.end, label.start + 1)))

    def claim_sentence(self, label: Label, candidate: Candidate, line: tuple[int, int]) -> None:
        """The label belongs to this candidate, and so do all labels before it in the sentence."""
        self.claim(label, candidate)
        if label.before:
            self._claim(self._sentence(candidate, line)[0], candidate.start)

    def is_direct(self, label: Label, candidate: Candidate) -> bool:
        """Whether only punctuation or a copula stands between: `code: 123456`, `code is 123456`."""
        if label.before:
            return sentences.is_copular(self._lowered[candidate.start - label.gap : candidate.start])
        return sentences.starts_copular(self._lowered[candidate.end : label.start])

    def rival(self, candidate: Candidate, line: tuple[int, int]) -> Candidate | None:
        """The next candidate of the sentence, if no label of its own stands before it."""
        following = self._next_candidate(candidate.end)
        if following is None or following.shape == "letters" or following.start >= self._sentence(candidate, line)[1]:
            return None
        return None if self._within(candidate.end, following.start) else following

    def is_announced(self, candidate: Candidate) -> bool:
        """Whether a colon or a copula stands before it."""
        return sentences.announces(self._lowered, candidate.start)

    def _claim(self, start: int, end: int) -> None:
        self._claimed.update(self._starts[bisect_left(self._starts, start) : bisect_left(self._starts, end)])

    def _sentence(self, candidate: Candidate, line: tuple[int, int]) -> tuple[int, int]:
        left = sentences.start_of(self._text, candidate.start, max(line[0], candidate.start - _FAR))
        return left, sentences.end_of(self._text, candidate.end, min(line[1], candidate.end + _FAR))

    def _label(self, match: LabelMatch, candidate: Candidate, start: int, end: int) -> Label:
        kind: Kind = "negative" if match.kind == "adjacent" else match.kind
        is_parted = sentences.has_comma(self._lowered[start:end])
        return Label(kind, end - start, match.start < candidate.start, match.firm, match.start, is_parted)

    def _counts_before(self, earlier: Sequence[LabelMatch], match: LabelMatch, candidate: Candidate) -> bool:
        between = self._lowered[match.end : candidate.start]
        if match.kind == "adjacent" and _BESIDE.fullmatch(between) is None:
            return False
        return match.kind in _CODE_KINDS or not self._is_purpose(earlier, match, candidate)

    def _is_purpose(self, earlier: Sequence[LabelMatch], match: LabelMatch, candidate: Candidate) -> bool:
        """Whether `match` says what a code is for: `code to verify your phone number is 123456`."""
        head = next((one for one in reversed(earlier) if one.kind in _CODE_KINDS), None)
        if head is None or not self.is_announced(candidate) or self._next_candidate(head.end) != candidate:
            return False
        words = self._lowered[head.end : match.start]
        if sentences.has_comma(words) or ":" in words:
            return False
        if head.kind == "strong" and len(words) <= _HEAD_GAP:
            return True
        return phrases("verify", "reset", "magic", "purpose").occur_in(words)

    def _counts_after(self, match: LabelMatch, candidate: Candidate, right: int) -> bool:
        if match.kind == "adjacent":
            return False
        between = self._lowered[candidate.end : match.start]
        if not sentences.links_back(between, match.kind):
            return False
        if match.kind == "negative":
            return not phrases("verify", "reset", "magic", "purpose", "action").occur_in(between)
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
        return self.is_announced(following) or (gap <= len(between) and not sentences.starts_copular(between))

    def _next_candidate(self, position: int) -> Candidate | None:
        index = bisect_left(self._candidate_starts, position)
        return self._candidates[index] if index < len(self._candidates) else None

    def _within(self, start: int, end: int) -> list[LabelMatch]:
        indexes = range(bisect_left(self._starts, start), bisect_left(self._starts, end))
        return [
            self._matches[index]
            for index in indexes
            if self._matches[index].end <= end and self._starts[index] not in self._claimed
        ]


def find(lowered: str, start: int, end: int) -> Iterator[LabelMatch]:
    """The labels between `start` and `end`, without words that only describe the next one (`phone` in `phone code`)."""
    kinds = label_kinds()
    described: LabelMatch | None = None
    for hit in phrases("strong", "weak", "ambiguous", "negative", "adjacent").find(lowered, start, end):
        if _COMPOUND.match(lowered, hit.end):
            continue
        label = LabelMatch(hit.start, hit.end, kinds[hit.phrase], _is_firm(hit.phrase))
        if described is not None and not (label.kind == "strong" and label.start - described.end <= 1):
            yield described
        described = label if label.kind in ("negative", "adjacent") else None
        if described is None:
            yield label
    if described is not None:
        yield described


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
