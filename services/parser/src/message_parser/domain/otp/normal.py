"""Normalises text for the search: ASCII digits and letters, plain dashes and spaces, no invisible characters.

Used by `engine` for mails and by `words` for phrases. Every offset in the normal form maps back to the original, for
`span` and `display`.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

_INVISIBLE = frozenset(
    "\u00ad\u20e3\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u3164\ufeff"
    + "".join(
        map(chr, [*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), *range(0xFE00, 0xFE10)])
    )
)
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_LETTER_WITH_MARKS = re.compile(r"(?s).[\u0300-\u036f\u0591-\u05bd\u064b-\u0655\u093c\u3099\u309a]*")
_ROOM = 20  # characters: what a sentence has room for in the place of a URL of any length
_DASHES = frozenset("\u2010\u2011\u2012\u2013\u2212\ufe58\ufe63\uff0d")


class Normal(NamedTuple):
    """`text`: normal form. `lowered`: the same in lower case, of equal length.

    `offsets`: of each character of the normal form in `original`; None if they are equal. `cuts`: where something was
    shortened: an offset in `text`, and how many characters are missing before it, in order.
    """

    original: str
    text: str
    lowered: str
    offsets: list[int] | None
    cuts: Sequence[tuple[int, int]] = ()

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """Start and end in `original` of a range of `text`."""
        if self.cuts:
            start, end = self._uncut(start), self._uncut(end - 1) + 1
        if self.offsets is None:
            return start, end
        return self.offsets[start], self.offsets[end - 1] + 1

    def _uncut(self, offset: int) -> int:
        index = bisect_right(self.cuts, (offset, len(self.original))) - 1
        return offset + self.cuts[index][1] if index >= 0 else offset

    def shortened(self, ranges: Sequence[tuple[int, int]]) -> "Normal":
        """The same with blanks in the place of each range (`shorten`)."""
        cuts: list[tuple[int, int]] = []
        missing = 0
        for start, end in ranges:
            if end - start > _ROOM:
                missing += end - start - _ROOM
                cuts.append((end - missing, missing))
        return self._replace(text=shorten(self.text, ranges), lowered=shorten(self.lowered, ranges), cuts=cuts)


def shorten(text: str, ranges: Sequence[tuple[int, int]]) -> str:
    """The text with at most _ROOM blanks in the place of each range; they are in order. A line end in one stays."""
    pieces: list[str] = []
    position = 0
    for start, end in ranges:
        room = min(end - start, _ROOM)
        pieces += text[position:start], " " * (room - 1), "\n" if "\n" in text[start:end] else " "
        position = end
    return "".join([*pieces, text[position:]])


def normalise(original: str) -> Normal:
    """The normal form of a text. ASCII is its own normal form."""
    if original.isascii():
        return Normal(original, original, original.lower(), None)
    composed, offsets = (original, None) if unicodedata.is_normalized("NFC", original) else _composed(original)
    characters = set(_NOT_ASCII.findall(composed))
    text = composed.translate({ord(character): _plain(character) for character in characters - _INVISIBLE})
    if characters & _INVISIBLE:
        kept = [offset for offset, character in enumerate(text) if character not in _INVISIBLE]
        text = "".join([text[offset] for offset in kept])
        offsets = kept if offsets is None else [offsets[offset] for offset in kept]
    lowered = text.lower()
    if len(lowered) != len(text):
        lowered = "".join(character.lower()[:1] for character in text)
    return Normal(original, text, lowered, offsets)


def _composed(original: str) -> tuple[str, list[int]]:
    """The text with its letters and their accents as one character each (NFC), and where each stood."""
    composed: list[str] = []
    offsets: list[int] = []
    for match in _LETTER_WITH_MARKS.finditer(original):
        letter = unicodedata.normalize("NFC", match.group())
        composed.append(letter)
        offsets += [match.start()] * len(letter)
    return "".join(composed), offsets


@lru_cache(maxsize=4096)
def _plain(character: str) -> str:
    """The normal form of one character, again one character."""
    digit = unicodedata.decimal(character, None)
    if digit is not None:
        return str(digit)
    if "\uff21" <= character <= "\uff5a" and character.isalpha():
        return chr(ord(character) - 0xFEE0)  # full-width letters; full-width punctuation stays, it ends numbers
    if character in _DASHES:
        return "-"
    if character.isspace() and character != "\u2028":
        return " "
    return "'" if character == "\u2019" else character
