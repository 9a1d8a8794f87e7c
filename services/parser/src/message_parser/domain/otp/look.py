"""Features of the number itself: its shape, where it stands, and its rivals. Used by `features`."""
# ruff: noqa: RUF001 - marks of many scripts

import re
from itertools import pairwise

from message_parser.domain.otp import lines, sentences, shapes
from message_parser.domain.otp.case import Case
from message_parser.domain.otp.scan import CODE_KINDS
from message_parser.domain.otp.shapes import Candidate
from message_parser.domain.otp.words import is_unit

_LONGEST, _MANY = 9, 4
_NEXT_WORD = re.compile(rf"[ \t]?-?({sentences.WORD}{{1,20}})")
_NUMBERING = ("#", "№", "©", "(c)", "No.", "no.", "Nr.", "nr.", "n°", "N°", "nº", "Nº")
_SHAPES = {"spelled": "mixed"}  # too rare for a weight of its own
_ENDS = 2  # changes between letters and digits, where letters stand before and behind
_DIGITS = re.compile(r"\d+")
_NUMBERS_REACH = 60  # characters
_WORD_AND_NUMBER = re.compile(r"[A-Z]{3,9}-?(?:\d{2}|\d[05]0)")
_THAI_YEAR = re.compile(r"25[4-9]\d")
_HIJRI_YEAR = re.compile(r"1[34]\d\d")
# A day and a month before a year: `14 آبان 1404`, `5. März 2026`, `3 de mayo de 2026`, `May 5, 2026`.
_DAY_AND_MONTH = re.compile(
    rf"\b(?:\d{{1,2}}(?:st|nd|rd|th|º|[.])?[ ](?:(?:de|of)[ ])?{sentences.WORD}{{3,12}}[.,]?"
    rf"|{sentences.WORD}{{3,12}}[.]?[ ]\d{{1,2}}(?:st|nd|rd|th)?,)[ ](?:de[ ])?\Z"
)
_DATE_REACH = 30


def of_shape(case: Case) -> list[str]:
    """What it looks like."""
    candidate, source = case.candidate, case.text.normal
    code = candidate.code
    shape = _SHAPES.get(candidate.shape, candidate.shape)
    found = _of_digits(case) if code.isdigit() else [shape, *_of_case(code), *_of_mixture(code)]
    if source.text[max(0, candidate.start - 4) : candidate.start].rstrip().endswith(_NUMBERING):
        found.append("numbered")
    return found


def _of_digits(case: Case) -> list[str]:
    candidate, source = case.candidate, case.text.normal
    code = candidate.code
    found = [f"digits-{min(len(code), _LONGEST)}"]
    if candidate.shape != "digits":
        found.append(candidate.shape)
    if shapes.is_year(candidate) or _is_year_of_another_era(source.text, candidate):
        if case.is_named_closely:
            found.append("year-announced")
        elif _DAY_AND_MONTH.search(source.text, max(0, candidate.start - _DATE_REACH), candidate.start):
            found.append("year-of-date")
        else:
            found.append("year")
    elif shapes.is_date(candidate):
        found.append("date-shape")
    if code.endswith("00"):
        found.append("round-number")
    if _has_unit(source.lowered, candidate):
        found.append("unit-behind")
    return found


def _of_mixture(code: str) -> list[str]:
    """How letters and digits are mixed: as by chance, or a word or an abbreviation with a number behind it."""
    changes = sum(one.isdigit() != other.isdigit() for one, other in pairwise(code.replace("-", "")))
    if changes > _ENDS:
        return ["scrambled"]
    return ["word-and-number"] if _WORD_AND_NUMBER.fullmatch(code) else []


def _of_case(code: str) -> list[str]:
    if code.isupper():
        return []
    return ["lower-case" if code.islower() else "mixed-case"]


def _is_year_of_another_era(text: str, candidate: Candidate) -> bool:
    """Whether it is a year of the Buddhist era behind a Thai word, or of the Hijra behind an Arabic or Persian one."""
    before = text[max(0, candidate.start - 3) : candidate.start].rstrip(" .")[-1:]
    if "\u0e00" <= before <= "\u0e7f":
        return _THAI_YEAR.fullmatch(candidate.code) is not None
    return "\u0621" <= before <= "\u06d3" and _HIJRI_YEAR.fullmatch(candidate.code) is not None


def _has_unit(lowered: str, candidate: Candidate) -> bool:
    """Whether a unit follows: `3600 seconds`."""
    word = _NEXT_WORD.match(lowered, candidate.end)
    return word is not None and is_unit(word.group(1))


def of_line_mates(case: Case) -> list[str]:
    """What stands around it, unless a label names it closely: several numbers, a name (`10400 Bangkok`); last lines."""
    text, candidate, (left, right) = case.text.normal.text, case.candidate, case.sentence
    start, end = candidate.start, candidate.end
    found: list[str] = []
    if not case.is_named_closely:
        others = len(_DIGITS.findall(text, max(left, start - _NUMBERS_REACH), start))
        if others + len(_DIGITS.findall(text, end, min(right, end + _NUMBERS_REACH))) > 1:
            found.append("numbers-beside")
        behind = text[end : end + 3]
        if behind[:1] == " " and behind[1:2].isupper() and behind[2:].islower():
            found.append("name-behind")
    if start >= case.text.last_line and not lines.begins_line(case.text.masked, candidate):
        found.append("in-last-line")
    return found


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
    if text.emphasised and text.is_emphasised(candidate):
        found.append("emphasised")
    return found


def of_rivals(case: Case) -> list[str]:
    """How many numbers of the mail have no label of another kind, where the number has no label of a code."""
    numbers = case.mail.unclaimed
    if case.candidate.code not in numbers or any(tie.match.kind in CODE_KINDS and tie.is_owned for tie in case.ties):
        return []
    if case.mail.has_table:
        return ["one-of-many-numbers"]
    if len(numbers) == 1:
        is_alone = lines.is_alone(case.text.masked, case.candidate)
        return ["only-unlabelled-number", "only-number-on-its-line"] if is_alone else ["only-unlabelled-number"]
    if len(numbers) == 2:  # noqa: PLR2004
        return ["one-of-two-numbers"]
    return ["one-of-many-numbers"] if len(numbers) > _MANY else []
