"""Older text that a mail quotes: found so that a code in it never wins."""
# ruff: noqa: RUF001 - marks and words of many scripts

import re

from message_parser.domain.otp.words import phrases

_QUOTED_LINE = re.compile(r"(?m)^[ \t]{0,3}>.*$")
_SEPARATOR = re.compile(r"(?m)^(?:-{2,}|_{10,}|={5,})[^\n]{0,80}$")
_MAX_INTRODUCTION = 200


def blot_quotes(blotted: str, lowered: str) -> str:
    """`blotted` without quoted lines, and without all that follows an introduction such as `On ... wrote:`."""
    if ">" in blotted:
        blotted = _QUOTED_LINE.sub(lambda match: "\x00" * len(match.group()), blotted)
    start = _introduced_at(lowered)
    if start is not None:
        blotted = blotted[:start] + "\x00" * (len(blotted) - start)
    return blotted


def _introduced_at(lowered: str) -> int | None:
    """Where quoted text begins: after a line that ends in `wrote:` or a line of dashes around `Original message`."""
    for hit in phrases("quote").find(lowered):
        line_start = lowered.rfind("\n", 0, hit.start) + 1
        line_end = lowered.find("\n", hit.end)
        line = lowered[line_start : line_end if line_end >= 0 else len(lowered)].strip()
        ends_the_line = hit.phrase.endswith((":", "：")) and line.endswith(hit.phrase) and len(line) < _MAX_INTRODUCTION
        if line_start and ((ends_the_line and any(map(str.isdigit, line))) or line.startswith(("--", "__", "=="))):
            return line_start
    return None
