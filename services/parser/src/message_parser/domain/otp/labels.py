"""Labels: the words near a number that say what it is, and which number each of them belongs to. Used by `features`.

A label belongs to one number of its sentence: to the one it is tied to best, by connective, direction, commas, other
numbers between, shape and distance (`Dear customer 10023, your OTP is 448120`: `OTP` is 448120's, `customer` 10023's).
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from enum import IntEnum
from typing import NamedTuple

from message_parser.domain.otp import sentences, shapes
from message_parser.domain.otp.scan import BESIDE_ALONE, CODE_KINDS, SIGNING_IN, LabelMatch, Scan
from message_parser.domain.otp.shapes import Candidate
from message_parser.domain.otp.words import BITS, Kind

REACH_BEFORE, REACH_IN_LINE, REACH_AFTER = 600, 300, 200
_FEW_LETTERS = 6
_USING = SIGNING_IN | BITS["action"]
_NEAR_GAP = 26
_SENTENCE_GAP = 90
_HEAD_GAP = 8
_CLAIMANTS = 3  # numbers behind a label that it may belong to
_BESIDE = re.compile(r"[\s:#№.(*'\"-]{0,4}(?:(?:no|nr|nb|num)\b[.:]?[ ]?)?")


class Level(IntEnum):
    """How closely a label and a number are tied.

    DIRECT: only punctuation or a copula between them. ANNOUNCED: a colon, dash or copula right before the number, or
    right behind it when the label follows. NEAR, SENTENCE, FAR: by the characters between them.
    """

    DIRECT = 0
    ANNOUNCED = 1
    NEAR = 2
    SENTENCE = 3
    FAR = 4


class Tie(NamedTuple):
    """What ties a label to a number. `gap`: characters between them. `is_behind`: the label follows the number.

    `is_parted`: a comma stands between them. `is_owned`: the label belongs to this number and not to another one.
    """

    match: LabelMatch
    level: Level
    gap: int
    is_behind: bool
    is_parted: bool
    is_owned: bool = True


class Labels:
    """The labels of one text within reach of its candidates, which are in order; `spans`: the sentence of each."""

    def __init__(
        self,
        lowered: str,
        masked: str,
        scan: Scan,
        candidates: Sequence[Candidate],
        spans: Sequence[tuple[int, int]],
    ) -> None:
        self._lowered = lowered
        self._masked = masked
        self._candidates = candidates
        self._spans = spans
        self._candidate_starts = [one.start for one in candidates]
        self._matches = scan.labels
        self._signals = scan.within
        self._starts = [match.start for match in self._matches]
        self.ties: list[list[Tie]] = [[] for _ in candidates]
        self._decoys: set[int] = set()
        for position, match in enumerate(self._matches):
            if match.kind not in CODE_KINDS:
                self._assign(position, match)
        for index, ties in enumerate(self.ties):
            for tie in ties:
                is_beside = tie.level == Level.DIRECT or (tie.level == Level.ANNOUNCED and not tie.is_behind)
                if tie.is_owned and is_beside:
                    self._decoys.add(index)
        for position, match in enumerate(self._matches):
            if match.kind in CODE_KINDS:
                self._assign(position, match)

    def kinds_between(self, start: int, end: int) -> list[Kind]:
        """The kinds of the labels between `start` and `end`, in order."""
        return [match.kind for match in self._within(start, end) if match.kind not in BESIDE_ALONE]

    def fill(self, start: int, end: int) -> bool:
        """Whether the line from `start` to `end` holds a label and hardly more: `Order reference:`."""
        line = self._lowered[start:end].strip()
        return any(match.end - match.start >= len(line) - _HEAD_GAP for match in self._within(start, end))

    def leads_on(self, end: int) -> bool:
        """Whether the next words after a line's `end` are a candidate: what that line names is that candidate."""
        following = self._next_candidate(end)
        return following is not None and not self._lowered[end : following.start].strip()

    def is_claimed(self, index: int) -> bool:
        """Whether another kind of label belongs to the candidate, and is closer to it than any label of a code."""
        best = min(self.ties[index], key=closeness, default=None)
        return best is not None and best.match.kind not in CODE_KINDS and best.is_owned

    def last_before(self, end: int, reach: int) -> LabelMatch | None:
        """The last label of a code that ends at or before `end`, at most `reach` before it, with no number between."""
        for match in reversed(self._within(max(0, end - reach), end)):
            if match.kind in CODE_KINDS:
                following = self._next_candidate(match.end)
                return match if following is None or following.start >= end else None
        return None

    def _assign(self, position: int, match: LabelMatch) -> None:
        """Tie a label to the numbers of its sentence; it belongs to the one with the best tie."""
        following = bisect_left(self._candidate_starts, match.end)
        ties: list[tuple[float, int, int, Tie]] = []
        for index in range(max(0, following - 2), min(len(self._candidates), following + _CLAIMANTS)):
            left, right = self._spans[index]
            if left <= match.start and match.end <= right:
                tie = self._tie(position, match, index)
                if tie is not None:
                    ties.append((self._strain(tie, index, following), tie.gap, index, tie))
        if not ties:
            return
        ties.sort(key=lambda item: item[:2])
        for rank, (_, _, index, tie) in enumerate(ties):
            self.ties[index].append(tie if rank == 0 else tie._replace(is_owned=False))

    def _strain(self, tie: Tie, index: int, following: int) -> float:
        """How much speaks against the label being this number's."""
        candidate = self._candidates[index]
        crossing = 0.5 if tie.match.kind in CODE_KINDS else 2.0  # a label of another kind means the next number
        is_crossing = index > following or index < following - 1
        strain = tie.level + crossing * is_crossing + tie.is_parted + 2 * (index in self._decoys)
        if tie.is_behind and tie.level > Level.ANNOUNCED and self._leads_on(tie.match, index + 1):
            strain += 1
        if shapes.is_date(candidate):
            strain += 2
        elif tie.level > Level.DIRECT and (candidate.shape == "letters" or shapes.is_year(candidate)):
            strain += 1.5
        return strain

    def _leads_on(self, match: LabelMatch, following: int) -> bool:
        """Whether another number of the sentence follows the label."""
        return following < len(self._candidates) and self._spans[following][0] <= match.start

    def _tie(self, position: int, match: LabelMatch, index: int) -> Tie | None:
        candidate = self._candidates[index]
        if match.start >= candidate.end:
            return self._tie_behind(match, candidate, self._spans[index][0])
        if match.end > candidate.start:
            return None
        between = self._lowered[match.end : candidate.start]
        if match.kind not in CODE_KINDS and not self._may_name_other(position, match, index, between):
            return None
        return Tie(match, self._level(between, candidate), len(between), False, sentences.has_comma(between))

    def _level(self, between: str, candidate: Candidate) -> Level:
        if sentences.is_copular(between):
            return Level.DIRECT
        if sentences.announces(self._lowered, candidate.start, candidate.start - len(between)):
            return Level.ANNOUNCED
        return _by_gap(len(between))

    def _tie_behind(self, match: LabelMatch, candidate: Candidate, left: int) -> Tie | None:
        """A label behind a number counts where words like `is your` tie it: `81000 users ... code` is prose."""
        if match.kind == "adjacent":
            return None
        between = self._lowered[candidate.end : match.start]
        if match.kind == "trailing":
            is_beside = _BESIDE.fullmatch(between) is not None
            return Tie(match, Level.DIRECT, len(between), True, False) if is_beside else None
        if not sentences.links_back(between, match.kind):
            return None
        if match.kind == "negative" and self._is_about_use(candidate.end, match.start):
            return None
        is_tied = (sentences.starts_copular(between) and not sentences.has_colon(between)) or _is_unspaced(between)
        if not is_tied and match.kind == "strong" and len(between) <= _NEAR_GAP:
            is_tied = not self._lowered[left : candidate.start].strip()  # `482193 on Acme is the login code`
        level = Level.ANNOUNCED if is_tied else _by_gap(len(between))
        return Tie(match, level, len(between), True, sentences.has_comma(between))

    def _may_name_other(self, position: int, match: LabelMatch, index: int, between: str) -> bool:
        """Whether a label of another kind before a number can be its own, and is no purpose of a code."""
        if "\x00" in self._masked[match.end : self._candidates[index].start]:
            return False  # it is the label of a telephone or a card number
        if match.kind == "trailing" or (match.kind == "adjacent" and _BESIDE.fullmatch(between) is None):
            return False
        if match.kind == "adjacent" and sentences.has_colon(between):  # `Dear customer: 448120 is your code`
            end = self._candidates[index].end
            following = self._lowered[end : end + _NEAR_GAP]
            if following.strip() and sentences.starts_copular(following):
                return False
        return not self._is_asked_after(match, index) and not self._is_purpose(position, match, index)

    def _is_asked_after(self, match: LabelMatch, index: int) -> bool:
        """Whether the words after a comma ask to use the number: `To verify your phone, enter 123456`."""
        start = self._candidates[index].start
        clause = sentences.after_commas(self._lowered, match.end, start)
        return clause > match.end and bool(self._signals(clause, start) & BITS["action"])

    def _is_purpose(self, position: int, match: LabelMatch, index: int) -> bool:
        """Whether `match` says what a code is for: `code to verify your phone number is 123456`."""
        left, candidate = self._spans[index][0], self._candidates[index]
        head = self._head(position, left)
        if head is None or self._next_undecided(head.end) != index:
            return False
        if not sentences.announces(self._lowered, candidate.start, match.end):
            return False
        words = self._lowered[head.end : match.start]
        if sentences.has_comma(words) or ":" in words:
            return False
        if head.kind == "strong" and len(words) <= _HEAD_GAP:
            return True
        return bool(sentences.names_purpose(words) or self._signals(head.end, match.start) & SIGNING_IN)

    def _is_about_use(self, start: int, end: int) -> bool:
        """Whether words say what a number is for, or ask to enter it."""
        return bool(self._signals(start, end) & _USING or sentences.names_purpose(self._lowered[start:end]))

    def _head(self, position: int, left: int) -> LabelMatch | None:
        """The last label of a code before the label at `position`, not before `left`."""
        for earlier in range(position - 1, -1, -1):
            match = self._matches[earlier]
            if match.start < left:
                return None
            if match.kind in CODE_KINDS:
                return match
        return None

    def _next_candidate(self, position: int) -> Candidate | None:
        index = bisect_left(self._candidate_starts, position)
        return self._candidates[index] if index < len(self._candidates) else None

    def _next_undecided(self, position: int) -> int:
        """The index of the next candidate that no label of another kind stands directly before."""
        index = bisect_left(self._candidate_starts, position)
        while index < len(self._candidates) and any(
            tie.level == Level.DIRECT and not tie.is_behind and tie.match.kind not in CODE_KINDS
            for tie in self.ties[index]
        ):
            index += 1
        return index

    def _within(self, start: int, end: int) -> list[LabelMatch]:
        found = self._matches[bisect_left(self._starts, start) : bisect_left(self._starts, end)]
        return [match for match in found if match.end <= end]


def _is_unspaced(between: str) -> bool:
    """Whether a few letters of a script without spaces join a number and a label: `730516短信登录验证码`."""
    return 0 < len(between) <= _FEW_LETTERS and between.isalpha() and between > sentences.UNSPACED


def closeness(tie: Tie) -> tuple[int, int]:
    """The smaller, the closer."""
    return tie.level + tie.is_parted, tie.gap


def _by_gap(gap: int) -> Level:
    if gap <= _NEAR_GAP:
        return Level.NEAR
    return Level.SENTENCE if gap <= _SENTENCE_GAP else Level.FAR


def reaches(around: Sequence[Candidate], length: int, begin_lines: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """The ranges within reach of the candidates, each offset once.

    `begin_lines`: of each whether it begins its line, so that what names it may be lines above.
    """
    reached = 0
    for candidate, begins_line in zip(around, begin_lines, strict=True):
        reach = REACH_BEFORE if begins_line else REACH_IN_LINE
        left, right = max(reached, candidate.start - reach), min(length, candidate.end + REACH_AFTER)
        if right > left:
            yield left, right
        reached = max(reached, right)
