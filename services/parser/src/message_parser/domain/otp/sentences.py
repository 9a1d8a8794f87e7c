"""What stands between the words of a sentence: where it ends, commas, and words that tie a label to a number.

Used by everything that looks at the words around a number.
"""
# ruff: noqa: RUF001 - marks and words of many scripts

import re

from message_parser.domain.otp.words import Kind, abbreviations, copulas, giving, phrases

_SENTENCE_END = re.compile(r"[.!?。！？؟।]")
_FAR = 160
_COMMA = re.compile(r"[,;，；、،](?!\d)")
_CLAUSE_END = re.compile(r"[,;，；、،(（](?!\d)")
_DIRECT_AFTER, _FAR_AFTER = 26, 60
_SHORT_WORD, _PLAIN_WORD, _UNSPACED_WORDS = 4, 6, 12
UNSPACED = "\u2e80"  # from here on: scripts without spaces between words
# Letters with the marks that Indic, Thai, Hebrew and Arabic words are written with; `\\w` has none.
WORD = r"(?:[^\W\d_]|[\u0591-\u05c7\u0610-\u065f\u0900-\u0963\u0e31-\u0e4e])"
_FIRST_WORD = re.compile(rf"[^\w]{{0,3}}({WORD}{{1,20}})")
_NUMBERS = frozenset("0123456789№#")
_WORD_BEFORE = re.compile(r"[^\W\d_]+\Z")
_LAST_WORD_REACH = 20
_GIVING_REACH, _GIVING_WORDS = 26, 3
_QUOTATION_REACH = 120
_CLOSING = {"„": "“”", "“": "”", "«": "»", "「": "」", "『": "』", '"': '"', "‘": "’"}
_QUOTED = re.compile(r'"[^"]*"')
_OPENS = re.compile("[" + "".join(_CLOSING) + "]")
_AROUND = " \t\n\"'“”„‘’«»()[]{}<>「」『』【】（）*_"
_BESIDE = _AROUND + ":：=.-,>~·•"
_DASHED = " -—("
_ANNOUNCING = (":", "：", "=", " -", "—", "->", "→")


def around(text: str, start: int, end: int, line: tuple[int, int]) -> tuple[int, int]:
    """Start and end of the sentence around a number, within the bounds of its `line`."""
    left = start_of(text, start, max(line[0], start - _FAR))
    return left, end_of(text, end, min(line[1], end + _FAR))


def start_of(text: str, start: int, floor: int) -> int:
    """Where the sentence around `start` begins, at `floor` at the earliest."""
    begin = floor
    for mark in _SENTENCE_END.finditer(text, floor, start):
        if _ends_sentence(text, mark.start()):
            begin = mark.end()
    return begin


def end_of(text: str, end: int, ceiling: int) -> int:
    """Where the sentence around `end` stops, at `ceiling` at the latest."""
    for mark in _SENTENCE_END.finditer(text, end, ceiling):
        if _ends_sentence(text, mark.start()):
            return mark.start()
    return ceiling


def has_comma(between: str) -> bool:
    return _COMMA.search(between) is not None


def is_copula(word: str) -> bool:
    """Whether it ties a label to the number beside it."""
    words, endings = copulas()
    return word in words or word in endings


def has_colon(between: str) -> bool:
    return ":" in between or "：" in between


def after_commas(text: str, start: int, end: int) -> int:
    """Where the last clause between `start` and `end` begins."""
    for mark in _COMMA.finditer(text, start, end):
        start = mark.end()
    return start


def before_comma(text: str, start: int, end: int) -> int:
    """Where the first clause between `start` and `end` stops: at a comma, or at a bracket that opens."""
    mark = _CLAUSE_END.search(text, start, end)
    return mark.start() if mark else end


def links_back(between: str, kind: Kind) -> bool:
    """Whether the words between a number and a label after it tie them together: `is your`."""
    word = _FIRST_WORD.match(between)
    length = len(word.group(1)) if word else 0
    if len(between) > _DIRECT_AFTER:
        return kind != "weak" and len(between) <= _FAR_AFTER and length <= _SHORT_WORD
    if word and word.group(1) >= UNSPACED:
        return length <= _UNSPACED_WORDS
    return length <= (_SHORT_WORD if kind == "weak" else _PLAIN_WORD)


def announces(lowered: str, position: int, floor: int = 0, *, with_adverb: bool = True) -> bool:
    """Whether a colon, a dash or a copula stands before `position`, after `floor`.

    `with_adverb`: a short word may follow it; where no label says what is announced, it may be a place (`is at 4821`).
    """
    before = lowered[max(floor, position - _LAST_WORD_REACH) : position].rstrip(_AROUND)
    words, endings = copulas()
    if before.endswith(_ANNOUNCING) or before.endswith(endings):
        return True
    earlier, _, last = before.rpartition(" ")
    return last in words or (with_adverb and len(last) <= _SHORT_WORD and earlier.rpartition(" ")[2] in words)


def gives_next(lowered: str, position: int, floor: int) -> bool:
    """Whether the words before `position`, after `floor`, hand over what follows: `with 448120`, `tell him 4481`."""
    before = lowered[max(floor, position - _GIVING_REACH) : position].rstrip(_AROUND + ":：")
    words, endings = giving()
    last = before.split()[-_GIVING_WORDS:]
    return before.endswith(endings) or any(" ".join(last[first:]) in words for first in range(len(last)))


def gives_previous(lowered: str, position: int, ceiling: int) -> bool:
    """The same of the words behind a number, where verbs come last: `7206 を押して`."""
    behind = lowered[position : min(ceiling, position + _GIVING_REACH)].lstrip(_AROUND)
    words, beginnings = giving()
    first = behind.split()[:_GIVING_WORDS]
    return behind.startswith(beginnings) or any(" ".join(first[:last]) in words for last in range(1, len(first) + 1))


def is_quoted(text: str, start: int, end: int) -> bool:
    """Whether it stands among other words between quotation marks: `They say "your code is 123456"`."""
    line = max(text.rfind("\n", 0, start) + 1, start - _QUOTATION_REACH)
    if _OPENS.search(text, line, start) is None:  # saves nearly all numbers what follows
        return False
    before = text[line:start]
    opened = max(map(before.rfind, _CLOSING))
    if not any(map(str.isalpha, before[opened:])):
        return False
    if '"' in before[:opened] and not any(map(str.isalpha, _QUOTED.sub("", before[:opened]))):
        return False  # `{"code": "482193 is your code"}`: a value of JSON
    mark = before[opened]
    if mark == '"' and before.count('"') % 2 == 0:
        return False
    if any(closing in before[opened + 1 :] for closing in _CLOSING[mark]):
        return False
    behind = text[end : end + _QUOTATION_REACH].partition("\n")[0]
    return any(closing in behind for closing in _CLOSING[mark])


def is_copular(between: str) -> bool:
    """Whether there is nothing but punctuation and at most a copula."""
    word = between.strip(_BESIDE)
    return not word or word in copulas()[0]


def starts_copular(between: str) -> bool:
    """Whether a copula is the first word, or there is no word and at most a dash or a bracket."""
    word = _FIRST_WORD.match(between)
    if word is None:
        return not between.strip(_DASHED)
    words, endings = copulas()
    return word.group(1) in words or word.group(1).startswith(endings)


def names_purpose(words: str) -> bool:
    """Whether they say what something is for: ` to open your `, ` für Ihre `. `to` has to be the first word."""
    return any(hit.phrase != "to" or not words[: hit.start].strip() for hit in phrases("purpose").find(words))


def _ends_sentence(text: str, mark: int) -> bool:
    """Whether a mark ends a sentence. The full stop of an abbreviation does not: `Auth. code`, `Ref. 4821`."""
    if text[mark] > "\x7f":
        return True
    following = text[mark + 1 : mark + 3]
    if not following[:1].isspace():
        return False
    if text[mark] != ".":
        return True
    return not (following[1:].islower() or (following[1:] in _NUMBERS and _abbreviates(text, mark)))


def _abbreviates(text: str, mark: int) -> bool:
    """Whether the word before a full stop is short for a kind of number (`Ref.`, `Tel.`, `Nr.`)."""
    word = _WORD_BEFORE.search(text, max(0, mark - _LAST_WORD_REACH), mark)
    return word is not None and word.group().lower() in abbreviations()
