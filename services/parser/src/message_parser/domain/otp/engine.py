"""First version: a number of 4 to 8 digits near a word that announces a code."""

import re

from mayfly.store.message import OtpCandidate

_CODE = re.compile(r"(?<![\w.,/=-])\d{4,8}(?![\w/=-])")
_WORDS = re.compile(r"(?i)\b(?:code|otp|pin|passcode|verification|verify|one-time)\b")


def find_codes(subject: str, text: str, html_text: str) -> list[OtpCandidate]:
    found: list[OtpCandidate] = []
    for source, content in (("subject", subject), ("text", text), ("html", html_text)):
        for match in _CODE.finditer(content):
            window = content[max(0, match.start() - 120) : match.end() + 60]
            if _WORDS.search(window):
                found.append(
                    OtpCandidate(
                        code=match.group(),
                        confidence=0.8,
                        rule="near-keyword",
                        source=source,
                        span=match.span(),
                        display=match.group(),
                    )
                )
    return found


def best(candidates: list[OtpCandidate]) -> str | None:
    return candidates[0].code if candidates else None
