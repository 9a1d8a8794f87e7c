"""The features of a candidate: what can be said about a number, each by a name with a fitted weight. Used by `engine`.

FEATURES is the list of them all. Each function yields names for one candidate; a name is what `?explain=true` shows.
"""
# ruff: noqa: RUF001 - marks of many scripts

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from message_parser.domain.otp import labels, lines, sentences, shapes
from message_parser.domain.otp.labels import Level, Tie
from message_parser.domain.otp.normal import Normal
from message_parser.domain.otp.scan import BITS, CODE_KINDS, SIGNING_IN, Scan
from message_parser.domain.otp.shapes import Candidate
from message_parser.domain.otp.words import phrases, unit_words

_LINES_ABOVE = 3
_CLOSE = 30
_AROUND = 120
_PURPOSE_REACH = 16
_SIBLINGS = 2
_SIBLING_GAP = 12
_NEXT_WORD = re.compile(rf"[ \t]?-?({sentences.WORD}{{1,20}})")
_NUMBERING = ("#", "№", "©", "(c)", "No.", "no.", "Nr.", "nr.", "n°", "N°", "nº", "Nº")
_CAPITALS = re.compile(r"[A-Z]{4,}")
_FOLLOWING = re.compile(rf"[ ]?({sentences.WORD}{{1,20}})")
_FUNCTION_WORD = 3
_UNSPACED = "\u2e80"  # from here on: scripts without spaces between words
_PERCENT = re.compile(r"\d[ ]?%|%[ ]?\d")
_THAI_YEAR = re.compile(r"25[4-9]\d")
_SHORT_SUBJECT = 24
_ACTION, _EXPIRY, _WARNING, _UNASKED = BITS["action"], BITS["expiry"], BITS["warning"], BITS["unasked"]
_OFFER, _STALE, _FRESH, _REPLACES = BITS["offer"], BITS["stale"], BITS["fresh"], BITS["replaces"]
_YOUR, _HERE, _ENTRY = BITS["your"], BITS["here"], BITS["entry"]
_OF_CODES = SIGNING_IN | _EXPIRY | _UNASKED | _ACTION
_OF_MAIL = tuple((BITS[name], f"mail-{name}") for name in ("expiry", "unasked", "warning", "backup"))
# Words that senders write in capitals for emphasis.
_EMPHASISED = frozenset(("HERE", "ONLY", "BELOW", "ABOVE", "PLEASE", "TODAY", "ONCE", "WITH", "FROM", "THAT", "THIS"))


class Text:
    """Subject, text or visible HTML, with what is known about it as a whole. `masked` is as long as the normal form.

    `emphasised`: ranges of the normal form whose style stands out.
    """

    def __init__(
        self,
        name: str,
        normal: Normal,
        masked: str,
        candidates: list[Candidate],
        emphasised: Sequence[tuple[int, int]] = (),
    ) -> None:
        self.name = name
        self.normal = normal
        self.masked = masked
        self.candidates = candidates
        self.emphasised = emphasised
        self.lines = [lines.line_of(normal.lowered, masked, one) for one in candidates]
        self.sentences = [
            sentences.around(normal.text, one.start, one.end, line)
            for one, line in zip(candidates, self.lines, strict=True)
        ]
        self.scan = Scan(normal.lowered, labels.reaches(candidates, len(normal.lowered)))
        self.labels = labels.Labels(normal.lowered, self.scan.labels, candidates, self.sentences)


    def outside(self, index: int, floor: int, ceiling: int) -> tuple[int, int]:
        """`floor` and `ceiling`, moved to the nearest numbers outside the sentence of the candidate at `index`."""
        left, right = self.sentences[index]
        for one in reversed(self.candidates[:index]):
            if one.end <= left:
                floor = max(floor, one.end)
                break
        for one in self.candidates[index + 1 :]:
            if one.start >= right:
                ceiling = min(ceiling, one.start)
                break
        return max(floor, 0), ceiling

    def has_number(self, start: int, end: int) -> bool:
        """Whether a candidate begins between `start` and `end`, so that the labels there are its own."""
        index = bisect_left(self.candidates, (start,))
        return index < len(self.candidates) and self.candidates[index].start < end


class Mail:
    """What is known about the mail as a whole.

    `texts`: subject, text and, when it was needed, HTML. `sender`: name and address.
    """

    def __init__(self, texts: Sequence[Text], sender: str = "") -> None:
        self._subject = texts[0].normal.lowered
        self.sender = sender.lower()
        self._texts = texts

    @cached_property
    def features(self) -> list[str]:
        """The features that all candidates of the mail share."""
        subject = self._subject
        scan = Scan(subject, ((0, len(subject)),))
        lists = scan.lists
        for text in self._texts:
            lists |= text.scan.lists
        found = [name for bit, name in _OF_MAIL if lists & bit]
        if lists & SIGNING_IN:
            found.append("mail-signs-in")
        if not lists & _OF_CODES and not any(match.kind in CODE_KINDS for text in self._texts for match in text.scan.labels):
            found.append("nothing-about-codes")
        kinds = [match.kind for match in scan.labels]
        if "strong" in kinds or "ambiguous" in kinds:
            found.append("subject-names-code")
        elif "weak" in kinds:
            is_terse = len(subject) <= _SHORT_SUBJECT or scan.lists & _YOUR
            found.append("subject-names-code-weakly" if is_terse else "subject-mentions-code")
        if "negative" in kinds:
            found.append("subject-names-decoy")
        if self.is_purchase:
            found.append("mail-of-purchase")
        return found

    @cached_property
    def is_purchase(self) -> bool:
        """Whether it has two different words of receipts and journeys; many mails have one."""
        return len(set[str]().union(*(text.scan.context for text in self._texts))) > 1

    @cached_property
    def unclaimed(self) -> frozenset[str]:
        """The numbers that no other label claims and that are no year or date."""
        return frozenset(
            one.code
            for text in self._texts
            for index, one in enumerate(text.candidates)
            if one.shape != "letters" and not shapes.is_year_or_date(one) and not text.labels.is_claimed(index)
        )


class Case(NamedTuple):
    """One candidate of a text, by its index."""

    mail: Mail
    text: Text
    index: int
    candidate: Candidate

    @property
    def lowered(self) -> str:
        return self.text.normal.lowered

    def ties(self) -> list[Tie]:
        return self.text.labels.ties[self.index]


Feature = Callable[[Case], Iterator[str]]


def of_label(case: Case) -> Iterator[str]:
    """The label of a code in the same sentence, and how it is tied to the number."""
    own = [tie for tie in case.ties() if tie.match.kind in CODE_KINDS and tie.is_owned]
    for kind in CODE_KINDS:
        tie = min((tie for tie in own if tie.match.kind == kind), key=labels.closeness, default=None)
        if tie is not None:
            side = "-behind" if tie.is_behind else ""
            name = "purchase" if kind == "ambiguous" and case.mail.is_purchase else kind
            yield f"{name}-label-{tie.level.name.lower()}{side}"
            if tie.is_parted:
                yield "label-before-comma"
            break
    if not own and any(tie.match.kind in CODE_KINDS for tie in case.ties()):
        yield "label-of-another-number"


def of_decoy(case: Case) -> Iterator[str]:
    """The label of another kind of number in the same sentence."""
    tie = min((tie for tie in case.ties() if tie.match.kind not in CODE_KINDS), key=labels.closeness, default=None)
    if tie is None:
        return
    if tie.is_parted:
        yield "other-label-past-comma"
        return
    strength = "other-label" if tie.is_owned else "other-label-shared"
    yield f"{strength}-{tie.level.name.lower()}{'-behind' if tie.is_behind else ''}"
    if tie.match.is_firm:
        yield "other-label-full-name"
    nearest = min((one for one in case.ties() if one.match.kind in CODE_KINDS), key=labels.closeness, default=None)
    if nearest is not None and labels.closeness(tie) < labels.closeness(nearest):
        yield "other-label-closer"


def of_sentence(case: Case) -> Iterator[str]:
    """Words around the number in its sentence."""
    lowered, candidate = case.lowered, case.candidate
    left, right = case.text.sentences[case.index]
    within = case.text.scan.within
    if sentences.announces(lowered, candidate.start, left):
        yield "announced"
    if sentences.names_purpose(lowered[candidate.end : min(right, candidate.end + _PURPOSE_REACH)]):
        yield "purpose-behind"
    whole = within(left, right)
    if not whole:
        return
    start, end = _clause(case)
    before, after = within(start, candidate.start), within(candidate.end, end)
    if before & _ACTION:
        yield "asked-to-enter"
    elif after & _ACTION:
        yield "asked-to-enter-behind"
    elif whole & _ACTION:
        yield "sentence-asks"
    yield from _of_age(case, before, after)
    if before & _FRESH:
        yield "fresh-before"
    if before & _HERE:
        yield "here-it-is"
    if after & _ENTRY:
        yield "lets-in"
    if whole & _YOUR:
        yield "your"
    if whole & SIGNING_IN:
        yield "sentence-signs-in"
    if whole & _EXPIRY:
        yield "expiry-in-sentence"
    if whole & _OFFER:
        yield "offer-in-sentence"


def _of_age(case: Case, before: int, after: int) -> Iterator[str]:
    """Whether a word for old, or for replacing, calls this number the older or the newer one."""
    candidates, index, lowered = case.text.candidates, case.index, case.lowered
    within = case.text.scan.within
    left, right = case.text.sentences[index]
    if index and candidates[index - 1].end > left:
        gap = candidates[index - 1].end, case.candidate.start
        if within(*gap) & _REPLACES and sentences.before_comma(lowered, *gap) == gap[1]:
            yield "replaced-by-previous"
            return
    if index + 1 < len(candidates) and candidates[index + 1].start < right:
        gap = case.candidate.end, candidates[index + 1].start
        if within(*gap) & _REPLACES and sentences.before_comma(lowered, *gap) == gap[1]:
            yield "replaces-next"
            return
    if before & (_STALE | _REPLACES):
        yield "stale-before"
    if after & _STALE:
        yield "stale-behind"


def _clause(case: Case) -> tuple[int, int]:
    """The words close to the number that no comma parts from it, and that are no closer to another number."""
    candidates, index, lowered = case.text.candidates, case.index, case.lowered
    left, right = case.text.sentences[index]
    start, end = max(left, case.candidate.start - _CLOSE), min(right, case.candidate.end + _CLOSE)
    if index:
        start = max(start, (candidates[index - 1].end + case.candidate.start) // 2)
    if index + 1 < len(candidates):
        end = min(end, (case.candidate.end + candidates[index + 1].start) // 2)
    return sentences.after_commas(lowered, start, case.candidate.start), sentences.before_comma(
        lowered, case.candidate.end, end
    )


def of_surroundings(case: Case) -> Iterator[str]:
    """Sentences before and after the number's own."""
    left, right = case.text.sentences[case.index]
    label = case.text.labels.last_before(left, 2 * _AROUND)
    if label is not None:
        yield f"{label.kind}-label-sentence-before"
    within = case.text.scan.within
    floor, ceiling = case.text.outside(case.index, left - _AROUND, right + _AROUND)
    before, after = within(floor, left), within(right, ceiling)
    if before & _HERE:
        yield "here-it-is-before"
    if before & _ACTION:
        yield "asked-before"
    if after & _ACTION:
        yield "asked-after"
    if after & _EXPIRY:
        yield "expiry-after"
    if after & _UNASKED:
        yield "unasked-after"
    if (before | after) & _WARNING:
        yield "warning-near"
    if (before | after | within(left, right)) & _OFFER:
        yield "offer-near"
        if _PERCENT.search(case.lowered, max(0, left - _AROUND), right + _AROUND):
            yield "offer-in-percent"


def of_lines(case: Case) -> Iterator[str]:
    """Lines of their own, and the labels on the lines above and below."""
    text, candidate = case.text, case.candidate
    if lines.is_alone(text.masked, candidate):
        around = [*_above(case), *_below(case)]
        yield "own-line" if any(name.startswith(CODE_KINDS) for name in around) else _unnamed_line(case)
        yield from around
    elif lines.begins_line(text.masked, candidate):
        yield "begins-line"
        for name in _above(case):
            if not name.startswith("other"):
                yield name


def _unnamed_line(case: Case) -> str:
    """A line of its own whose neighbours name no code."""
    left, right = case.text.sentences[case.index]
    around = case.text.scan.within(left - _AROUND, left) | case.text.scan.within(right, right + _AROUND)
    return "own-line-asked" if around & (_ACTION | SIGNING_IN) else "own-line-unnamed"


def _above(case: Case) -> Iterator[str]:
    """The nearest line above that names something. A finished sentence or a warning names nothing below it."""
    lowered, distance, remark = case.lowered, 0, None
    for start, end in lines.lines_above(lowered, case.candidate.start):
        kinds = case.text.labels.kinds_between(start, end)
        is_remark = lines.is_remark(lowered[start:end])
        ends_in_colon = lowered[start:end].rstrip().endswith((":", "："))
        if distance == 0 and ends_in_colon:
            yield "below-colon"
        if case.text.has_number(start, end):
            kinds = [kind for kind in kinds if kind in CODE_KINDS] if ends_in_colon else []
        code = next((kind for kind in CODE_KINDS if kind in kinds), None)
        if is_remark:
            remark = remark or (code and f"{code}-label-above-in-remark")
        elif code and (code == "strong" or kinds[-1] != "negative"):
            yield f"{code}-label-{_ordinal(distance)}-above"
            return
        elif kinds:
            yield f"other-label-{_ordinal(distance)}-above"
            return
        distance += not is_remark
        if distance == _LINES_ABOVE:
            break
    if remark:
        yield remark


def _ordinal(distance: int) -> str:
    return "line" if distance == 0 else "lines"


def _below(case: Case) -> Iterator[str]:
    start, end = lines.line_below(case.lowered, case.candidate.end)
    kinds = case.text.labels.kinds_between(start, end)
    if kinds and not case.text.labels.leads_on(end):
        yield f"{kinds[0] if kinds[0] in CODE_KINDS else 'other'}-label-below"


def of_shape(case: Case) -> Iterator[str]:
    """What it looks like."""
    candidate, source = case.candidate, case.text.normal
    shape, code = candidate.shape, candidate.code
    if code.isdigit():
        yield f"digits-{min(len(code), 9)}"
        if shape != "digits":
            yield shape
        if shapes.is_year(candidate) or _is_thai_year(source.text, candidate):
            yield "year" if not _is_tied(case) else "year-announced"
        elif shapes.is_date(candidate):
            yield "date"
        if code.endswith("00"):
            yield "round"
        if _has_unit(source.lowered, candidate):
            yield "unit-behind"
    else:
        yield shape
        if any(map(str.islower, code)):
            yield "lower-case" if not any(map(str.isupper, code)) else "mixed-case"
    if source.text[max(0, candidate.start - 4) : candidate.start].rstrip().endswith(_NUMBERING):
        yield "numbered"
    if source.text.startswith("#", candidate.end):
        yield "hash-behind"  # for the keypad of a telephone


def _is_tied(case: Case) -> bool:
    """Whether a label of a code is its own, and close."""
    return any(
        tie.match.kind in CODE_KINDS and tie.is_owned and tie.level <= Level.ANNOUNCED for tie in case.ties()
    )


def _is_thai_year(text: str, candidate: Candidate) -> bool:
    """Whether it is a year of the Buddhist era, 543 years ahead, behind a Thai word."""
    return _THAI_YEAR.fullmatch(candidate.code) is not None and "\u0e00" <= text[: candidate.start].rstrip()[-1:] <= "\u0e7f"


def _has_unit(lowered: str, candidate: Candidate) -> bool:
    """Whether a unit follows: `3600 seconds`."""
    word = _NEXT_WORD.match(lowered, candidate.end)
    if word is None:
        return False
    whole, stems = unit_words()
    return word.group(1) in whole or word.group(1).startswith(stems)


def _is_named(case: Case) -> bool:
    """Whether capitals are used as a name and not as a word: `enter the code KMPW to sign in`."""
    text, candidate = case.text.normal.text, case.candidate
    left, right = case.text.sentences[case.index]
    if candidate.code in _EMPHASISED:
        return False
    if _CAPITALS.search(text, max(left, candidate.start - _CLOSE), candidate.start):
        return False
    if _CAPITALS.search(text, candidate.end, min(right, candidate.end + _CLOSE)):
        return False
    following = _FOLLOWING.match(text, candidate.end)
    if following is None:
        return True
    word = following.group(1)
    if phrases("purpose").occur_in(word) or word in sentences.copulas()[0]:
        return True
    if phrases("strong", "weak").occur_in(word.lower()):
        return True
    return (len(word) <= _FUNCTION_WORD or word > _UNSPACED) and not word.isupper()


def of_place(case: Case) -> Iterator[str]:
    """Where it stands, how it is set off, and what stands beside it."""
    text, candidate = case.text, case.candidate
    if text.name == "subject":
        yield "in-subject"
        if not text.normal.text[candidate.end :].strip(" .!]）】」)"):
            yield "ends-subject"
        elif not text.normal.text[: candidate.start].strip(" [（【「("):
            yield "begins-subject"
    elif case.index == 0:
        yield "first-number"
    if any(start <= candidate.start and candidate.end <= end for start, end in text.emphasised):
        yield "emphasised"


def _siblings(text: Text, index: int) -> int:
    """How many candidates of the same length stand in a row with it, parted by marks and line ends alone."""
    candidates, found = text.candidates, 0
    for step in (-1, 1):
        position = index
        while 0 <= position + step < len(candidates) and found <= _SIBLINGS:
            one, other = sorted((candidates[position], candidates[position + step]))
            between = text.normal.text[one.end : other.start]
            if len(one.code) != len(other.code) or len(between) > _SIBLING_GAP or any(map(str.isalpha, between)):
                break
            found += 1
            position += step
    return found


def of_rivals(case: Case) -> Iterator[str]:
    """How many numbers of the mail have no label of another kind, where the number has no label of a code."""
    numbers = case.mail.unclaimed
    if case.candidate.code not in numbers or any(tie.match.kind in CODE_KINDS and tie.is_owned for tie in case.ties()):
        return
    if len(numbers) == 1:
        yield "only-unlabelled-number"
    elif len(numbers) == 2:  # noqa: PLR2004
        yield "one-of-two-numbers"
    elif len(numbers) > 4:  # noqa: PLR2004
        yield "one-of-many-numbers"


FEATURES: tuple[Feature, ...] = (
    of_label,
    of_decoy,
    of_sentence,
    of_surroundings,
    of_lines,
    of_shape,
    of_place,
    of_rivals,
)


def can_be_code(case: Case) -> bool:
    """Whether it may be one at all.

    Capitals have to be used as a name, and not as the sender's. A date has to be announced. Of a list of codes none is
    asked for.
    """
    if case.candidate.shape == "letters":
        return case.candidate.code.lower() not in case.mail.sender and _is_named(case) and _is_pointed_at(case)
    if _siblings(case.text, case.index) >= _SIBLINGS:
        return False
    return not shapes.is_date(case.candidate) or _is_announced(case)


def _is_pointed_at(case: Case) -> bool:
    """Whether a label of a code is close, the words right before ask to enter it, or it has a line of its own."""
    if lines.is_alone(case.text.masked, case.candidate) or _is_tied(case):
        return True
    return bool(case.text.scan.within(_clause(case)[0], case.candidate.start) & _ACTION)


def _is_announced(case: Case) -> bool:
    """Whether the label of a code stands directly before it, or above it on its line."""
    before = case.lowered[max(0, case.candidate.start - _CLOSE) : case.candidate.start].rstrip()
    announced = not before.endswith(" on")  # a copula in Finnish; in English a date follows
    for tie in case.ties():
        if tie.match.kind in CODE_KINDS and (
            tie.level == Level.DIRECT or (tie.level == Level.ANNOUNCED and (tie.is_behind or announced))
        ):
            return True
    return lines.is_alone(case.text.masked, case.candidate) and any("-above" in name for name in _above(case))


def features(case: Case) -> list[str]:
    """All features of one candidate."""
    found = case.mail.features.copy()
    for feature in FEATURES:
        found += feature(case)
    return found
