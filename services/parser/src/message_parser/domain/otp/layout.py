"""Features of the lines around a number: a line of its own, and the lines above and below. Used by `features`."""
# ruff: noqa: RUF001 - marks of many scripts

import re
from collections.abc import Sequence
from itertools import islice

from message_parser.domain.otp import lines
from message_parser.domain.otp.case import Case
from message_parser.domain.otp.scan import CODE_KINDS, SIGNING_IN
from message_parser.domain.otp.words import BITS

_LINES_ABOVE = 3
_SUBJECTS = frozenset(("subject-names-code", "subject-names-code-weakly"))
_AROUND = 120
_OF_OTHER = "other-label-direct"  # it fills the line above
_ASKED = BITS["action"] | SIGNING_IN
_NUMBER_ALONE = re.compile(r"\W*\d[\d\W]{0,20}\w{0,3}\W{0,4}")
_LONGEST_NAME = 60  # characters of a line that names a number


def of_lines(case: Case) -> list[str]:
    """Lines of their own, and the labels on the lines above and below."""
    text, candidate = case.text, case.candidate
    if lines.is_alone(text.masked, candidate):
        around = above(case) + _below(case) + _in_column(case)
        is_named = any(name.startswith(CODE_KINDS) for name in around)
        if _OF_OTHER in around:
            return ["own-line-unnamed", *around]
        return ["own-line" if is_named else _unnamed_line(case), *around]
    if lines.begins_line(text.masked, candidate):
        around = [name for name in above(case) if not name.startswith("other")]
        is_named = "below-colon" in around and any(name.startswith(CODE_KINDS) for name in around)
        return ["own-line" if is_named else "begins-line", *around]  # `482193 [Open it](...)` below `Your code:`
    return []


def _in_column(case: Case) -> list[str]:
    """Whether names and numbers take turns, line by line: `Visitors`, `38127`, `Orders`, `212`."""
    text = case.text.normal.text
    before = list(islice(lines.lines_above(text, case.candidate.start), 2))
    below = lines.line_below(text, case.candidate.end)
    after = [below, lines.line_below(text, below[1])]
    return ["in-column"] if _take_turns(text, before) or _take_turns(text, after) else []


def _take_turns(text: str, two: Sequence[tuple[int, int]]) -> bool:
    """Whether the nearer of two lines is a name and the other one a number."""
    name, *others = (text[start:end].strip() for start, end in two) if two else [""]
    return (
        0 < len(name) < _LONGEST_NAME
        and _NUMBER_ALONE.fullmatch(name) is None
        and any(map(_NUMBER_ALONE.fullmatch, others))
    )


def _unnamed_line(case: Case) -> str:
    """A line of its own whose neighbours name no code."""
    if not _SUBJECTS.isdisjoint(case.mail.features):
        return "own-line-named-by-subject"
    left, right = case.sentence
    around = case.text.scan.within(left - _AROUND, left) | case.text.scan.within(right, right + _AROUND)
    return "own-line-asked" if around & _ASKED else "own-line-unnamed"


def above(case: Case) -> list[str]:
    """The nearest line above that names something. A finished sentence or a warning names nothing below it."""
    lowered, found, distance, remark = case.lowered, list[str](), 0, ""
    for start, end in lines.lines_above(lowered, case.candidate.start):
        kinds = case.text.labels.kinds_between(start, end)
        is_remark = lines.is_sentence(lowered[start:end]) or bool(case.text.scan.within(start, end) & BITS["warning"])
        ends_in_colon = lowered[start:end].rstrip().endswith((":", "："))
        if distance == 0 and ends_in_colon:
            found.append("below-colon")
        if case.text.has_number(start, end):
            kinds = [kind for kind in kinds if kind in CODE_KINDS] if ends_in_colon else []
        code = next((kind for kind in CODE_KINDS if kind in kinds), None)
        if is_remark and code:
            remark = remark or f"{code}-label-above-in-remark"
        elif kinds and not is_remark:
            names_code = code is not None and (code == "strong" or kinds[-1] != "negative")
            kind = case.mail.kind_of(code) if names_code and code else "other"
            if kind == "other" and distance == 0 and case.text.labels.fill(start, end):
                return [*found, _OF_OTHER]
            return [*found, f"{kind}-label-{_ordinal(distance)}-above", *_offer(case, start, end)]
        distance += not is_remark
        if distance == _LINES_ABOVE:
            break
    return [*found, remark] if remark else found


def _offer(case: Case, start: int, end: int) -> list[str]:
    """Whether the line above offers something: `Your code for 20 % off:`."""
    return ["offer-above"] if case.text.scan.within(start, end) & BITS["offer"] else []


def _ordinal(distance: int) -> str:
    return "line" if distance == 0 else "lines"


def _below(case: Case) -> list[str]:
    start, end = lines.line_below(case.lowered, case.candidate.end)
    kinds = case.text.labels.kinds_between(start, end)
    if not kinds or case.text.labels.leads_on(end):
        return []
    return [f"{kinds[0] if kinds[0] in CODE_KINDS else 'other'}-label-below"]
