"""Features of the number itself: its shape, where it stands, and its rivals. Used by `features`."""
# ruff: noqa: RUF001 - marks of many scripts

import re

from message_parser.domain.otp import sentences, shapes
from message_parser.domain.otp.case import Case
from message_parser.domain.otp.scan import CODE_KINDS
from message_parser.domain.otp.shapes import Candidate
from message_parser.domain.otp.words import conjunctions, is_unit

_LONGEST, _MANY = 9, 4
_MARKS = 2  # characters
_NEXT_WORD = re.compile(rf"[ \t]?-?({sentences.WORD}{{1,20}})")
_NUMBERING = ("#", "№", "©", "(c)", "No.", "no.", "Nr.", "nr.", "n°", "N°", "nº", "Nº")
_THAI_YEAR = re.compile(r"25[4-9]\d")


def of_shape(case: Case) -> list[str]:
    """What it looks like."""
    candidate, source = case.candidate, case.text.normal
    code = candidate.code
    found = _of_digits(case) if code.isdigit() else [candidate.shape, *_of_case(code)]
    if source.text[max(0, candidate.start - 4) : candidate.start].rstrip().endswith(_NUMBERING):
        found.append("numbered")
    return found


def _of_digits(case: Case) -> list[str]:
    candidate, source = case.candidate, case.text.normal
    code = candidate.code
    found = [f"digits-{min(len(code), _LONGEST)}"]
    if candidate.shape != "digits":
        found.append(candidate.shape)
    if shapes.is_year(candidate) or _is_thai_year(source.text, candidate):
        found.append("year-announced" if case.is_named_closely() else "year")
    elif shapes.is_date(candidate):
        found.append("date-shape")
    if code.endswith("00"):
        found.append("round-number")
    if _has_unit(source.lowered, candidate):
        found.append("unit-behind")
    return found


def _of_case(code: str) -> list[str]:
    if code.isupper():
        return []
    return ["lower-case" if code.islower() else "mixed-case"]


def _is_thai_year(text: str, candidate: Candidate) -> bool:
    """Whether it is a year of the Buddhist era, 543 years ahead, behind a Thai word."""
    return (
        _THAI_YEAR.fullmatch(candidate.code) is not None
        and "\u0e00" <= text[: candidate.start].rstrip()[-1:] <= "\u0e7f"
    )


def _has_unit(lowered: str, candidate: Candidate) -> bool:
    """Whether a unit follows: `3600 seconds`."""
    word = _NEXT_WORD.match(lowered, candidate.end)
    return word is not None and is_unit(word.group(1))


def of_place(case: Case) -> list[str]:
    """Where it stands, and whether its style sets it off."""
    text, candidate = case.text, case.candidate
    found: list[str] = []
    if text.name == "subject":
        found.append("in-subject")
        if not text.normal.text[candidate.end :].strip(" .!]）】」)"):
            found.append("ends-subject")
        elif not text.normal.text[: candidate.start].strip(" [（【「("):
            found.append("begins-subject")
    elif case.index == 0:
        found.append("first-number")
    if text.emphasised and text.is_emphasised(candidate):
        found.append("emphasised")
    return found


def _has_equal_beside(case: Case) -> bool:
    """Whether another number of its length stands beside it, with no more than an `or` between."""
    candidates, index, one = case.text.candidates, case.index, case.candidate
    for other in (*candidates[max(0, index - 1) : index], *candidates[index + 1 : index + 2]):
        gap = case.lowered[min(one.end, other.end) : max(one.start, other.start)]
        if len(other.code) == len(one.code) and other.code != one.code and _is_conjunction(gap):
            return True
    return False


def _is_conjunction(gap: str) -> bool:
    """Whether what stands between two numbers puts them on a level: `, `, ` / `, ` or `."""
    word = gap.strip()
    return "\n" not in gap and (word in conjunctions() or (0 < len(word) <= _MARKS and not word.strip("/,+&|;、，")))


def of_rivals(case: Case) -> list[str]:
    """How many numbers of the mail have no label of another kind, where the number has no label of a code."""
    if _has_equal_beside(case):
        return ["equal-number-beside"]
    numbers = case.mail.unclaimed
    if case.candidate.code not in numbers or any(tie.match.kind in CODE_KINDS and tie.is_owned for tie in case.ties):
        return []
    if case.mail.has_table:
        return ["one-of-many-numbers"]
    if len(numbers) == 1:
        return ["only-unlabelled-number"]
    if len(numbers) == 2:  # noqa: PLR2004
        return ["one-of-two-numbers"]
    return ["one-of-many-numbers"] if len(numbers) > _MANY else []
