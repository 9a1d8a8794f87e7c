"""Masks the older text that a mail quotes, so that a code in it is never chosen. Used by `engine`."""
# ruff: noqa: RUF001 - marks and words of many scripts

import re

from message_parser.domain.otp.words import phrases

_QUOTED_LINE = re.compile(r"(?m)^[ \t]{0,3}>(?!.{1,60}<[ \t]*$).*$")  # `>> 448120 <<` is a frame
_WORD = re.compile(r"[\u2e80-\uffff]|[^\W\d_]+")
_NO_MESSAGE = 2
_MAX_INTRODUCTION = 200
_FIELD = re.compile(r"[^\W\d_]{1,16}[ ]?[:：][ ]?\S")
# `21.11.2026 10:00 Acme <a@acme.example>:`, in whatever language
_NAMED_SENDER = re.compile(r"(?m)^[^\n>]{0,100}\d[^\n>]{0,100}<[^<>\s]{1,100}@[^<>\s]{1,100}>[^\n\d]{0,30}[:：][ ]*$")
_COLONS = (":", "：")
_LONGEST_FIELD = 18
_RULES = ("--", "__", "==")
_RULE_WITHIN = 40  # characters of blanks and stars


def mask_quotes(masked: str, lowered: str) -> str:
    """Mask quoted lines, and everything after an introduction such as `On ... wrote:`.

    `masked`: the text as masked so far; `lowered`: its normal form in lower case, of equal length.
    """
    if ">" in masked:
        own = _QUOTED_LINE.sub(lambda match: "\x00" * len(match.group()), masked)
        masked = own if _says_something(own) else masked
    start = _introduced_at(lowered)
    if start is not None and _says_something(masked[:start]):
        masked = masked[:start] + "\x00" * (len(masked) - start)
    return masked


def _says_something(own: str) -> bool:
    """Whether a mail's own text, around what it quotes, is more than an introduction line or a signature.

    What quotes alone is a forwarded mail, and the mail it forwards is all there is.
    """
    words = 0
    for line in own.replace("\x00", "").split("\n"):
        if line.startswith(("-- ", "--\n")) or line.strip() == "--":
            break
        if not line.rstrip().endswith(_COLONS):
            words += len(line.split()) if line.isascii() else len(_WORD.findall(line))
    return words > _NO_MESSAGE


def _introduced_at(lowered: str) -> int | None:
    """Where quoted text begins: at a line that ends in `wrote:`, or a line of dashes around `Original message`."""
    if not _may_introduce(lowered):
        return None
    named = _NAMED_SENDER.search(lowered) if ">" in lowered else None
    if named is not None:
        return named.start()
    for hit in phrases("quote").find(lowered):
        line_start = lowered.rfind("\n", 0, hit.start) + 1
        line_end = lowered.find("\n", hit.end)
        line = lowered[line_start : line_end if line_end >= 0 else len(lowered)].strip()
        if line_start and line.startswith(hit.phrase) and (start := _head_start(lowered, line_start)) is not None:
            return start
        if line_start and (line.startswith(_RULES) or _introduces(hit.phrase, line, lowered, line_start)):
            return line_start
    return None


def _introduces(phrase: str, line: str, lowered: str, line_start: int) -> bool:
    """Whether a line with a phrase such as `wrote:` (at its end) or `schrieb` introduces what follows.

    It has a date, or the line above has, where the mailer wrapped it.
    """
    end = phrase if phrase.endswith(_COLONS) else _COLONS
    if not line.endswith(end) or len(line) >= _MAX_INTRODUCTION:
        return False
    above = lowered[lowered.rfind("\n", 0, line_start - 1) + 1 : line_start]
    return any(map(str.isdigit, line + above))


def _head_start(lowered: str, line_start: int) -> int | None:
    """Where the fields of a quoted mail begin, of which one is on the line at `line_start` (`Sent: ...`).

    None unless the line above is a field too, or a rule.
    """
    above_start = lowered.rfind("\n", 0, line_start - 1) + 1
    above = lowered[above_start:line_start].strip(" *\n\r")
    return above_start if _FIELD.match(above) or above.startswith(_RULES) else None


def _begins_line(lowered: str, rule: str) -> bool:
    """Whether the rule stands at or near the beginning of a line. In the middle it is part of a URL or of a token."""
    position = lowered.find(rule)
    while position >= 0:
        if position < _RULE_WITHIN or lowered.rfind("\n", position - _RULE_WITHIN, position) >= 0:
            return True
        position = lowered.find(rule, position + 1)
    return False


def _may_introduce(lowered: str) -> bool:
    """Whether a line may end in a colon, begin with a rule of dashes, or be a mail's field. It saves the search."""
    if any(_begins_line(lowered, rule) for rule in _RULES) or "：" in lowered:
        return True
    position, fields = lowered.find(":"), 0
    while position >= 0:
        following = lowered[position + 1 : position + 9].lstrip(" \t\r")[:1]
        if following in ("", "\n"):
            return True
        if not lowered.startswith("//", position + 1):
            fields += lowered.rfind("\n", max(0, position - _LONGEST_FIELD), position) >= 0
        if fields > 1:
            return True
        position = lowered.find(":", position + 1)
    return False
