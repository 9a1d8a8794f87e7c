"""Makes the preview of a message that lists show: its first words. Called by the stage `texts`."""

import re

from message_parser.domain import limits

# Senders pad preheaders with these: soft hyphen, grapheme joiner, zero-width and invisible marks, blank letters.
_FILLER = re.compile(
    r"[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff]"
)
# Characters to look at: the first figure nearly always suffices, the second is for padded text.
_LENGTHS = (4 * limits.PREVIEW_CHARACTERS, 4_000)


def make_preview(text: str, hidden: str) -> str:
    """At most 140 characters of the visible text on one line; of the hidden text if nothing is visible."""
    for source in (text, hidden):
        for length in _LENGTHS:
            start = source[:length]
            words = " ".join((start if start.isascii() else _FILLER.sub("", start)).split())
            if len(words) >= limits.PREVIEW_CHARACTERS or len(start) < length:
                break
        if words:
            return words[: limits.PREVIEW_CHARACTERS]
    return ""
