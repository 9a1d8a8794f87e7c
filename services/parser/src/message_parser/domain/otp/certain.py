"""What is certain without any weights: numbers that are no code, and codes bound to a site. Used by `engine`."""
# ruff: noqa: RUF001 - marks of many scripts

import re

from message_parser.domain.otp import layout, lines, sentences, shapes
from message_parser.domain.otp.case import CLOSE, Case, Text
from message_parser.domain.otp.labels import Level
from message_parser.domain.otp.scan import CODE_KINDS, label_kind
from message_parser.domain.otp.words import BITS, conjunctions

_SIBLINGS = 2
_SIBLING_GAP = 12
_PAUSES = 4
_MARKS = 2  # characters
_CAPITALS = re.compile(r"[A-Z]{4,}")
_CONSONANTS = re.compile(r"[B-DF-HJ-NP-TV-XZ]{4}|\A[B-DF-HJ-NP-TV-XZ]+\Z")
_FOLLOWING = re.compile(rf"[ ]?({sentences.WORD}{{1,20}})")
_FUNCTION_WORD = 3
# Words that senders write in capitals for emphasis.
_EMPHASISED = frozenset(("HERE", "ONLY", "BELOW", "ABOVE", "PLEASE", "TODAY", "ONCE", "WITH", "FROM", "THAT", "THIS"))
_SITE = r"@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,6}"
_ORIGIN_BOUND = re.compile(
    rf"(?m)^{_SITE}[ ](?:{_SITE}[ ])?#((?=[A-Za-z-]{{0,15}}\d)[A-Za-z0-9-]{{3,16}})(?:[ ]{_SITE})?[ ]*$"
)


def origin_bound(text: Text) -> re.Match[str] | None:
    """The last line, if it binds a code, its group 1, to a site and is not quoted: `@example.com #123456`."""
    shown = text.normal.text
    start = shown.rstrip().rfind("\n") + 1
    return _ORIGIN_BOUND.match(shown, start) if text.masked.startswith("@", start) else None


def can_be_code(case: Case) -> bool:
    """Whether it may be one at all.

    Capitals have to be used as a name, or be no word. A date has to be announced, or alone on its line. Of a list of
    codes, and of two equal ones beside each other, none is asked for. A telephone takes what follows its number.
    """
    if case.candidate.code.isalpha():
        if _is_no_word(case.candidate.code) and _is_handed_over(case):
            return True
        return _is_named(case) and _is_pointed_at(case)
    if _siblings(case.text, case.index) >= _SIBLINGS or _has_equal_beside(case) or _is_for_keypad(case):
        return False
    return not shapes.is_date(case.candidate) or lines.is_alone(case.text.masked, case.candidate) or _is_announced(case)


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
    return "\n\n" not in gap and (word in conjunctions() or (0 < len(word) <= _MARKS and not word.strip("/,+&|;、，")))


def _is_for_keypad(case: Case) -> bool:
    """Whether a telephone takes it: a `#` follows, and a telephone number or a comma stands before it on its line."""
    text, (start, end) = case.text, (case.candidate.start, case.candidate.end)
    if not text.normal.text.startswith("#", end):
        return False
    line = text.masked.rfind("\n", 0, start) + 1
    return "\x00" in text.masked[line:start] or "," in text.masked[max(line, start - _PAUSES) : start]


def _is_named(case: Case) -> bool:
    """Whether capitals are used as a name and not as a word: `enter the code KMPW to sign in`."""
    text, candidate, (left, right) = case.text.normal.text, case.candidate, case.sentence
    if (
        candidate.code in _EMPHASISED
        or _shouts(case, max(left, candidate.start - CLOSE), candidate.start)
        or _shouts(case, candidate.end, min(right, candidate.end + CLOSE))
    ):
        return False
    following = _FOLLOWING.match(text, candidate.end)
    if following is None or _may_follow_name(following.group(1)):
        return True
    is_asked = bool(case.text.scan.within(left, candidate.start) & BITS["action"])
    return is_asked and any(tie.match.kind in CODE_KINDS and tie.level == Level.DIRECT for tie in case.ties)


def _is_no_word(code: str) -> bool:
    """Whether nobody can read capitals as a word: four consonants in a row, or no vowel at all."""
    return _CONSONANTS.search(code) is not None


def _shouts(case: Case, start: int, end: int) -> bool:
    """Whether other words there are in capitals, the sender's name apart."""
    words = _CAPITALS.finditer(case.text.normal.text, start, end)
    return any(word.group().lower() not in case.mail.sender for word in words)


def _may_follow_name(word: str) -> bool:
    """Whether the next word goes on about the name: `KMPW to sign in`, and not `ACME sent`."""
    if sentences.is_copula(word) or sentences.names_purpose(word.lower()) or label_kind(word.lower()) in CODE_KINDS:
        return True
    return (len(word) <= _FUNCTION_WORD or word > sentences.UNSPACED) and not word.isupper()


def _is_pointed_at(case: Case) -> bool:
    """Whether a label of a code is close, the words right before ask to enter it, or it has a line of its own."""
    if lines.is_alone(case.text.masked, case.candidate) or case.is_named_closely:
        return True
    return bool(case.text.scan.within(case.clause()[0], case.candidate.start) & BITS["action"])


def _is_handed_over(case: Case) -> bool:
    """Whether the words beside it hand it over, or ask to enter it."""
    candidate, (left, right), (start, end) = case.candidate, case.sentence, case.clause()
    within = case.text.scan.within
    return bool(
        sentences.gives_next(case.lowered, candidate.start, left)
        or sentences.gives_previous(case.lowered, candidate.end, right)
        or (within(start, candidate.start) | within(candidate.end, end)) & BITS["action"]
    )


def _is_announced(case: Case) -> bool:
    """Whether the label of a code stands directly before it, or above it on its line."""
    before = case.lowered[max(0, case.candidate.start - CLOSE) : case.candidate.start].rstrip()
    announced = not before.endswith(" on")  # a copula in Finnish; in English a date follows
    for tie in case.ties:
        if tie.match.kind in CODE_KINDS and (
            tie.level == Level.DIRECT or (tie.level == Level.ANNOUNCED and (tie.is_behind or announced))
        ):
            return True
    return lines.is_alone(case.text.masked, case.candidate) and any("-above" in name for name in layout.above(case))


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
