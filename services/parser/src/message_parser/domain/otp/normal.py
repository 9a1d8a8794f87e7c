"""Text in the form the engine searches: ASCII digits and letters, plain dashes and spaces, nothing invisible.

Every place of the normal form can be led back to the original, for spans and for `display`.
"""

import re
import unicodedata
from typing import NamedTuple

_INVISIBLE = frozenset(
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u3164\ufeff"
    + "".join(
        map(chr, [*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), *range(0xFE00, 0xFE10)])
    )
)
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_DASHES = frozenset("\u2010\u2011\u2012\u2013\u2014\u2212\ufe58\ufe63\uff0d")


class Normal(NamedTuple):
    """`text`: normal form. `lowered`: the same in lower case, of equal length."""

    original: str
    text: str
    lowered: str
    places: list[int] | None

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """The place in the original of a place in `text`."""
        if self.places is None:
            return start, end
        return self.places[start], self.places[end - 1] + 1


def normalise(original: str) -> Normal:
    """The normal form of a text; ASCII comes back as it is."""
    if original.isascii():
        return Normal(original, original, original.lower(), None)
    characters = set(_NOT_ASCII.findall(original))
    text = original.translate({ord(character): _plain(character) for character in characters - _INVISIBLE})
    places: list[int] | None = None
    if characters & _INVISIBLE:
        places = [place for place, character in enumerate(text) if character not in _INVISIBLE]
        text = "".join([text[place] for place in places])
    lowered = text.lower()
    if len(lowered) != len(text):
        lowered = "".join(character.lower()[:1] for character in text)
    return Normal(original, text, lowered, places)


def _plain(character: str) -> str:
    """One character for one character."""
    digit = unicodedata.decimal(character, None)
    if digit is not None:
        return str(digit)
    if "\uff21" <= character <= "\uff5a" and character.isalpha():
        return chr(ord(character) - 0xFEE0)  # full-width letters; full-width marks stay, they end numbers
    if character in _DASHES:
        return "-"
    if character.isspace() and character != "\u2028":
        return " "
    return "'" if character == "\u2019" else character
