"""Finds candidates: what can be a code by its shape, once everything that is clearly something else is masked.

Used by `engine`. Masked characters become NUL, so that offsets stay.
"""
# ruff: noqa: RUF001, E501 - marks and words of many scripts

import re
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from operator import itemgetter
from string import ascii_uppercase, digits
from typing import NamedTuple

MAX_CANDIDATES = 100
_BLANK_LINE = 2
_LONGEST_SPELLED = 8  # capitals alone: `Q W H N X`
_LONGEST_KEPT = 300  # characters of a line whose result is remembered

# Each alternative is bounded, so that the search stays linear on hostile text. They are grouped by their first character,
# so that most offsets are rejected at once.
_ADDRESSES = r"""
      (?:https?://|www\.)[^\s<>"']{1,4000}                                      # URLs
    | (?<![\w.+-])[\w.+-]{1,64}+@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,6}       # addresses
    | \b[a-z0-9-]{1,63}+(?:\.[a-z0-9-]{1,63}){0,3}\.[a-z]{2,6}/[^\s<>"']{1,400}  # URLs without a scheme
"""
_NUMBERS = r"""
      \b(?:
        [0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b          # UUIDs
      | (?-i:[A-Z]{2}\d{2}(?=(?:[ ]?[A-Z]{0,6}\d){6})[ ]?(?:[A-Z0-9]{4}[ ]?){2,7}[A-Z0-9]{1,4}\b)  # IBAN
      | v\d{1,9}(?:[.,]\d{1,9}){1,4}\b                                         # versions
      | (?=\d)(?:
          (?P<dotted>\d(?:\.\d){3,9}(?![.,]?\d)|\d{3}\.\d{3}(?![.,]?\d|[ ]?[$€£¥₹₽₺₴₩₪฿₫%])
            |(?:[4-9]\d(?:\.\d\d){2,3}|\d\d\.[4-9]\d(?:\.\d\d){1,2})(?![.,]?\d))
        |
          \d{1,3}(?:[ ]\d{3}){0,3}(?:[.,]\d{1,3}){0,3}[ ]?(?:[$€£¥₹₽₺₴₩₪฿₫%]|(?:eur|usd|gbp|chf|pln|czk|sek|nok|dkk|rub|uah|bgn|inr|try|brl|jpy|cny|krw|ils|sar|aed|irr|irt|idr|vnd|thb|php|myr|sgd|hkd|twd|mxn|ars|clp|cop|pen|zar|ngn|kes|egp|mad|tnd|qar|kwd|bhd|omr|jod|pkr|lkr|bdt|nzd|aud|cad|huf|ron|rsd|kr|zł|kč|лв|грн|руб|tl|lei|ft|rs|ден)\b|[円元원])
        | \d{4,10}[ ]?(?-i:EUR|USD|GBP|CHF|PLN|CZK|SEK|NOK|DKK|RUB|UAH|BGN|INR|TRY|BRL|JPY|CNY|KRW|ILS|SAR|AED|IRR|IRT|IDR|VND
          |THB|PHP|MYR|SGD|HKD|TWD|MXN|ARS|CLP|COP|PEN|ZAR|NGN|KES|EGP|MAD|TND|QAR|KWD|BHD|OMR|JOD|PKR|LKR|BDT|NZD|AUD|CAD|HUF|RON)\b
        | \d{1,9}+[ ]?[円元원年년]                                                 # CJK prices and years
        | \d{1,4}(?:[./]\d{1,2}){1,2}[./]\d{1,4}\b                             # dates with dots or slashes
        | \d{4}-\d{1,2}-\d{1,2}(?:t[\d:.]{4,12}z?)?\b | \d{1,2}-\d{1,2}-\d{4}\b # dates with dashes
        | \d{1,2}[:h]\d{2}(?::\d{2})?\b                                         # times
        | \d{1,9}+(?:[.,]\d{1,9}){1,4}\b                                        # decimals, thousands, IPv4
        | \d{1,6}+(?:\*{1,16}|x{3,16}|•{2,16})\d{1,4}\b                           # masked card numbers, first digits shown
        | \d{4}[ ](?:0[1-9]|1[0-2])[ ](?:0[1-9]|[12]\d|3[01])\b(?<=(?:19|20)\d\d[ ]\d\d[ ]\d\d)  # dates with blanks
        | (?:1-)?\d{3}[-. ]\d{3}[-. ]\d{4}\b                                   # phone numbers, 3-3-4
        | 0(?=(?:[ /-]?\d){6})\d{1,4}[ /-]\d{2,4}(?:[ -]?\d{2,4}){1,3}\b                          # phone numbers with a leading zero
        | \d{1,5}[ -](?:\d{3,5}[ -]){2,5}\d{2,5}\b(?<=\d[ -]\d{4})             # card numbers
        )
      )
    | (?=[#$€£¥₹₽₺₴₩₪฿₫+(*x•…])(?:
      \#(?=[0-9]{0,5}[a-f])[0-9a-f]{3,8}\b                                      # CSS colours
    | [$€£¥₹₽₺₴₩₪฿₫][ ]?\d[\d.,]{0,12}(?:[ ]\d{3}){0,3}                         # prices
    | \+[ ]?\d(?:[ ().-]{0,2}\d){6,14}                                          # phone numbers, international
    | \(\d{2,5}\)[ -]{0,2}\d(?:[ -]?\d){4,9}                                    # phone numbers with area code
    | (?:\*{2,16}|x{3,16}|•{2,16}|…)[ -]?\d{3,4}\b                              # masked card numbers
    )
"""
_NO_CODE_NUMBERS = re.compile(_NUMBERS, re.VERBOSE | re.IGNORECASE)
_NO_CODE = re.compile(f"{_ADDRESSES}|{_NUMBERS}", re.VERBOSE | re.IGNORECASE)
_IN_ADDRESSES = ("@", "/", "ww.", "WW.")
# Classes of characters (digit, capital, other), one octet each: searching octets is many times faster than a pattern.
_CLASSES = bytes(48 if chr(code) in digits else 65 if chr(code) in ascii_uppercase else 32 for code in range(256))
_DIGIT = b"0"
_CAPITALS = re.compile(rb"AAAA|A A A A")  # `KMPW`, `K M P W`
_LONG_NUMBER = re.compile(r"[0-9A-Z]{2}")
# Letters of scripts that attach no particles to a number are part of its word.
_LETTERS = r"A-Za-z\u00c0-\u024f\u0370-\u052f"
# A hyphen ties a number to the word before it, but for the prefixes of Hebrew (`ב-4821`).
_LEFT = rf"(?<![{_LETTERS}0-9/\\@=&?%.+])(?<![^\u05d0-\u05ea]-)(?<![{_LETTERS}0-9_]_)"
_RIGHT = rf"(?![{_LETTERS}0-9/\\@=&%]|[_-][A-Za-z0-9_]|[.,:]\d)"
_SHAPES = re.compile(
    _LEFT
    + r"(?:"
    + r"(?P<glued>\d{4,8}(?=[A-Z][a-z]{1,12}[ ,]|-[a-z]{2,12}(?![A-Za-z0-9-])))"  # with the word behind it
    + r"|(?:(?=\d)(?:"
    + r"(?P<spaced>\d(?:[ \n]{1,3}\d){3,9}(?![ \n]\d|[ ]{1,3}[A-Za-z](?!\w)(?:[ ]{1,3}[A-Za-z0-9](?!\w)|[ ]*(?:\n|$))))"
    + r"|(?P<grouped>\d{2}(?:[ -]\d{2}){2,4}|\d{3}(?:[ -]\d{3}){1,2}|\d{3} \d{4}|\d{4}[ -]\d{4}|\d{3} \d{2} \d{2})"
    + r"|(?P<dotted>\d(?:[.-]\d){3,9}|\d{3}\.\d{3}|\d{2}(?:\.\d{2}){2,3})"
    + r"|(?P<local_phone>\d{3}-\d{4})"
    + r"|(?P<digits>\d{4,10})"
    + r")"
    + r"|(?=[A-Z0-9])(?:"
    + r"(?P<prefixed>[A-Z]{1,2}-\d{4,10}|[A-Z]{3}-\d{5,10})"
    + r"|(?P<hyphenated>[A-Z0-9]{3,6}(?:-[A-Z0-9]{3,6}){1,3}|[A-Z0-9]{4,6}-[A-Z0-9]{2})"
    + r"|(?P<letters>[A-Z]{4,10}(?![ ]?[:：]|[ ][A-Z0-9\x00]))"
    + r")"
    + r"|(?=[A-Za-z-]{0,20}+\d)(?:"
    + r"(?P<hyphenated_lower>(?=[a-z0-9]{3,6}-)[a-z0-9]{3,6}(?:-[a-z0-9]{3,6}){1,3})"
    + r"|(?P<mixed>(?=\d{0,11}+[A-Za-z])(?=[A-Za-z]{0,11}+\d)[A-Za-z0-9]{4,12})"
    + r")"
    + r"|(?P<spelled>[A-Za-z0-9](?:[ ]{1,3}[A-Za-z0-9]){3,11}(?![ ]{1,3}[A-Za-z0-9]))"
    + r")"
    + _RIGHT
    + r")"
)
# The runs of letters and digits that can begin a candidate: with a digit, in capitals, of one letter, before a hyphen. This
# saves nearly all words of a text the pattern above.
_BEGINNING = re.compile(
    r"(?<![A-Za-z0-9])(?:[A-Za-z]*+[0-9]|[A-Z]++(?![A-Za-z0-9])|[A-Za-z](?![A-Za-z0-9])|[A-Za-z]++(?=-))"
)
_DAY, _MONTH = r"(?:0[1-9]|[12]\d|3[01])", r"(?:0[1-9]|1[0-2])"
_DATE = re.compile(rf"(?:19|20)\d\d{_MONTH}{_DAY}|(?:{_DAY}{_MONTH}|{_MONTH}{_DAY})(?:19|20)\d\d")
_YEAR = re.compile(r"19\d\d|20[0-4]\d")
_MEASURE = re.compile(
    r"(?i)\d{1,5}(?:min|mins|h|hr|hrs|hours|days|px|pt|em|kb|mb|gb|tb|mhz|ghz|bit|kbps|mbps|th|st|nd|rd|am|pm|mm|cm|km|kg|usd|eur|x\d{1,5}|er|s|k?wh|kw|mw|mah|v|w|a|hz|rpm|fps|dpi|psi|ppm|ml|cl|dl|mg|hp|ps|cv)"
)


class Candidate(NamedTuple):
    """`code`: as a user types it: groups of digits joined, a vendor's prefix of up to three letters dropped."""

    start: int
    end: int
    shape: str
    code: str


def is_date(candidate: Candidate) -> bool:
    """Whether its eight digits are a date of this or the last century: YYYYMMDD, DDMMYYYY or MMDDYYYY."""
    return candidate.shape in ("digits", "grouped") and _DATE.fullmatch(candidate.code) is not None


def is_year(candidate: Candidate) -> bool:
    """Whether it is a year of this or the last century."""
    return candidate.shape == "digits" and _YEAR.fullmatch(candidate.code) is not None


def is_year_or_date(candidate: Candidate) -> bool:
    return is_year(candidate) or is_date(candidate)


Line = tuple[int, int, int]
"""Offsets of a line: its first digit (or capital), its start, its end."""


def lines_with_digits(text: str) -> list[Line]:
    """All lines with a digit."""
    return _lines_with_digits(text, _classes(text))


def _lines_with_digits(text: str, classes: bytes) -> list[Line]:
    lines: list[Line] = []
    end = 0
    while (digit := classes.find(_DIGIT, end)) >= 0:
        start = text.rfind("\n", end, digit) + 1 or end
        end = _line_end(text, digit)
        lines.append((digit, start, end))
    return lines


def without(text: str, lines: Sequence[Line], kept: Collection[Line]) -> str:
    """The text with all of `lines` masked but those to keep; of equal length."""
    pieces: list[str] = []
    position, kept = 0, set(kept)
    for line in lines:
        if line not in kept:
            _, start, end = line
            pieces += text[position:start], "\x00" * (end - start)
            position = end
    return "".join([*pieces, text[position:]])


def mask(text: str, lines: Sequence[Line]) -> str:
    """The text with everything in `lines` masked that is clearly no code; of equal length."""
    pieces: list[str] = []
    position = 0
    for digit, start, end in lines:
        if _LONG_NUMBER.search(text, digit + 1, end):
            line = text[start:end]
            pieces += text[position:start], _mask_kept(line) if end - start <= _LONGEST_KEPT else _mask_line(line)
            position = end
    return "".join([*pieces, text[position:]])


def _mask_line(line: str) -> str:
    no_codes = _NO_CODE if any(map(line.__contains__, _IN_ADDRESSES)) else _NO_CODE_NUMBERS
    return no_codes.sub(_hidden, line)


def _lines_with_capitals(text: str, classes: bytes) -> Iterator[Line]:
    end = 0
    while (found := _CAPITALS.search(classes, end)) is not None:
        position = found.start()
        start, end = text.rfind("\n", 0, position) + 1, _line_end(text, position)
        yield position, start, end


def _classes(text: str) -> bytes:
    """The class of each character of the text."""
    return text.encode("ascii", "replace").translate(_CLASSES)


def _line_end(text: str, position: int) -> int:
    end = text.find("\n", position)
    return len(text) if end < 0 else end


def _hidden(match: re.Match[str]) -> str:
    """As many NULs; a number with dots that can be a code stays."""
    shown = match.group()
    return shown if match.lastgroup == "dotted" else "\x00" * len(shown)


def find_candidates(masked: str) -> list[Candidate]:
    """What can be a code by its shape, in order, at most MAX_CANDIDATES."""
    found: list[Candidate] = []
    for start, end in _regions(masked):
        region = masked[start:end]
        candidates = _find_kept(region) if end - start <= _LONGEST_KEPT else _find(region)
        found += [Candidate(start + one.start, start + one.end, one.shape, one.code) for one in candidates]
        if len(found) >= MAX_CANDIDATES:
            return found[:MAX_CANDIDATES]
    return found


def _find(region: str) -> list[Candidate]:
    """Candidates of one region, at most MAX_CANDIDATES; offsets are in the region."""
    found: list[Candidate] = []
    position = 0
    for beginning in _BEGINNING.finditer(region):
        start = beginning.start()
        if start < position:
            continue
        match = _SHAPES.match(region, start)
        if match is not None:
            position = match.end()
            candidate = _candidate(match)
            if candidate is not None:
                found.append(candidate)
                if len(found) == MAX_CANDIDATES:
                    break
    return found


# Most lines of a mail are the same in all mails of its sender.
_mask_kept = lru_cache(maxsize=2048)(_mask_line)
_find_kept = lru_cache(maxsize=512)(_find)


def _regions(text: str) -> Iterator[tuple[int, int]]:
    """Ranges of lines with a digit or a run of capitals, blank lines between: a code's digits may be on several lines."""
    classes = _classes(text)
    lines: Sequence[Line] = _lines_with_digits(text, classes)
    if _CAPITALS.search(classes):
        lines = sorted({*lines, *_lines_with_capitals(text, classes)}, key=itemgetter(1))
    region: tuple[int, int] | None = None
    for _, start, end in lines:
        if region is not None and start <= region[1] + _BLANK_LINE:
            region = region[0], max(region[1], end)
            continue
        if region is not None:
            yield region
        region = start, end
    if region is not None:
        yield region


def _candidate(match: re.Match[str]) -> Candidate | None:
    shape, shown = (match.lastgroup or "").removesuffix("_lower").replace("_", "-"), match.group()
    if _is_no_code(shape, shown):
        return None
    if shape in ("spaced", "grouped", "dotted", "local-phone"):
        code = "".join(character for character in shown if character.isdigit())
    elif shape == "prefixed":
        code = shown.partition("-")[2]
    else:
        code = shown.replace(" ", "")
    return Candidate(match.start(), match.end(), shape, code)


def _is_no_code(shape: str, shown: str) -> bool:
    """Whether it is words or numbers joined by hyphens or spelled out, or a measure (`20px`)."""
    if shape == "hyphenated":
        return shown.replace("-", "").isdigit() or not any(map(str.isdigit, shown))
    if shape == "spelled":
        letters = shown.replace(" ", "")
        return letters.isdigit() or not (
            any(map(str.isdigit, letters)) or (letters.isupper() and len(letters) <= _LONGEST_SPELLED)
        )
    return shape == "mixed" and _MEASURE.fullmatch(shown) is not None
