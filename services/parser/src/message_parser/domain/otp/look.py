"""Features of the number itself: its shape, where it stands, and its rivals. Used by `features`."""
# ruff: noqa: RUF001 - marks of many scripts

import re
from collections.abc import Iterator

from message_parser.domain.otp import sentences, shapes
from message_parser.domain.otp.case import Case
from message_parser.domain.otp.scan import CODE_KINDS
from message_parser.domain.otp.shapes import Candidate
from message_parser.domain.otp.words import unit_words

_LONGEST, _MANY = 9, 4
_NEXT_WORD = re.compile(rf"[ \t]?-?({sentences.WORD}{{1,20}})")
_NUMBERING = ("#", "№", "©", "(c)", "No.", "no.", "Nr.", "nr.", "n°", "N°", "nº", "Nº")
_THAI_YEAR = re.compile(r"25[4-9]\d")


def of_shape(case: Case) -> Iterator[str]:
    """What it looks like."""
    candidate, source = case.candidate, case.text.normal
    shape, code = candidate.shape, candidate.code
    if code.isdigit():
        yield f"digits-{min(len(code), _LONGEST)}"
        if shape != "digits":
            yield shape
        if shapes.is_year(candidate) or _is_thai_year(source.text, candidate):
            yield "year" if not case.is_named_closely() else "year-announced"
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


def _is_thai_year(text: str, candidate: Candidate) -> bool:
    """Whether it is a year of the Buddhist era, 543 years ahead, behind a Thai word."""
    return (
        _THAI_YEAR.fullmatch(candidate.code) is not None
        and "\u0e00" <= text[: candidate.start].rstrip()[-1:] <= "\u0e7f"
    )


def _has_unit(lowered: str, candidate: Candidate) -> bool:
    """Whether a unit follows: `3600 seconds`."""
    word = _NEXT_WORD.match(lowered, candidate.end)
    if word is None:
        return False
    whole, stems = unit_words()
    return word.group(1) in whole or word.group(1).startswith(stems)


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


def of_rivals(case: Case) -> Iterator[str]:
    """How many numbers of the mail have no label of another kind, where the number has no label of a code."""
    numbers = case.mail.unclaimed
    if case.candidate.code not in numbers or any(tie.match.kind in CODE_KINDS and tie.is_owned for tie in case.ties()):
        return
    if len(numbers) == 1:
        yield "only-unlabelled-number"
    elif len(numbers) == 2:  # noqa: PLR2004
        yield "one-of-two-numbers"
    elif len(numbers) > _MANY:
        yield "one-of-many-numbers"
