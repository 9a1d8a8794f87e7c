"""Folds text so that what people take for equal compares equal: for searching mail.

parser folds what it stores, api-gateway folds what it searches for, so both sides of a comparison are alike.
"""

import re
import unicodedata

# What encloses and separates addresses and clauses, so that `Ann <ann@a.example>` is found with and without brackets.
# NUL has no place in a text that others compare.
_SEPARATORS = '<>",;()\0'
_BLANKS = str.maketrans(_SEPARATORS, " " * len(_SEPARATORS))
# Without a shape of their own: soft hyphen, joiners, direction marks, blank letters, variation selectors. Senders pad
# preheaders with them. Most are not printable; the others are looked for one by one, because this is the slow way.
_INVISIBLE = re.compile(
    r"[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff]+"
)
_PRINTABLE_AND_INVISIBLE = "\u034f\u115f\u1160\u17b4\u17b5\ufe0e\ufe0f"


def fold(text: str) -> str:
    """The text without case, compatibility forms, invisible characters and most punctuation; blanks are single.

    NFKC and full case folding (Unicode Standard, section 3.13): `Straße` and `STRASSE` fold alike, a Kelvin sign is a
    `k`, an `ﬁ` two letters; a dotted capital I is an `i`, as people type it. `< > " , ; ( )` and white space fold to
    one blank, and none is left at either end. Takes time in proportion to the length.
    """
    if text.isascii():
        return " ".join(text.lower().translate(_BLANKS).split())
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    if "\u0307" in folded:
        folded = folded.replace("i\u0307", "i")
    for separator in _SEPARATORS:
        folded = folded.replace(separator, " ")
    folded = " ".join(folded.split())
    if folded.isprintable() and not any(character in folded for character in _PRINTABLE_AND_INVISIBLE):
        return folded
    visible = _INVISIBLE.sub("", folded)
    return folded if visible == folded else fold(visible)
