"""The first words of a message, as a list shows them."""

import re

from message_parser.domain import limits

# What senders pad preheaders with: soft hyphen, grapheme joiner, zero-width and invisible marks, blank letters.
_FILLER = re.compile(
    r"[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff]"
)
# Nearly always the first suffices; the second is for text that is padded.
_LOOKED_AT = (4 * limits.PREVIEW_CHARACTERS, 4_000)


def make_preview(text: str, hidden: str) -> str:
    """At most 140 characters of the visible text on one line; of the hidden text when nothing is visible."""
    for source in (text, hidden):
        for looked_at in _LOOKED_AT:
            start = source[:looked_at]
            words = " ".join((start if start.isascii() else _FILLER.sub("", start)).split())
            if len(words) >= limits.PREVIEW_CHARACTERS or len(start) < looked_at:
                break
        if words:
            return words[: limits.PREVIEW_CHARACTERS]
    return ""
