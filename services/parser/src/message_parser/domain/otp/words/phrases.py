"""Searches lower-case text for many phrases at once, in linear time (ADR 0013). Used by `lists` and by `links`.

70,000 phrases as Python objects would take more memory than all else in a parsing process. So they are octets in one
string here, and become objects when they first occur in a mail (ADR 0020).
"""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, Self

from ahocorasick_rs import AhoCorasick, MatchKind

_MAX_SUFFIX = 8
# Of Hebrew and Arabic: and, the, in, to, that, from, as.
_PREFIXES = (("\u0590", "\u05ff", "והבלשמכ"), ("\u0600", "\u06ff", "والبلفكس"))
_LONGEST_PREFIX = 4


class Hit(NamedTuple):
    """A phrase and its offsets in the searched text. `lists`: those of the table that it is in."""

    start: int
    end: int
    phrase: str
    lists: int


class Table:
    """Phrases in order, each with the lists it is in: its stem as UTF-8 in one string, its lists as a sum of bits.

    `lists`: of each stem. `open_ended`: those where up to eight more letters may follow it.
    """

    def __init__(self, stems: Iterable[bytes], lists: Sequence[int], open_ended: Sequence[int]) -> None:
        self._ends = array("I", [0])
        octets = bytearray()
        for stem in stems:
            octets += stem
            self._ends.append(len(octets))
        self._octets = bytes(octets)
        self.lists = array("I", lists)
        self.open_ended = array("I", open_ended)

    @classmethod
    def of(cls, phrases: Iterable[str]) -> Self:
        """One list, of phrases as they are written: a trailing `*` for those that are open-ended."""
        written = set(phrases)
        stems = sorted({phrase.removesuffix("*") for phrase in written})
        return cls([stem.encode() for stem in stems], [1] * len(stems), [stem + "*" in written for stem in stems])

    def __len__(self) -> int:
        return len(self.lists)

    def __getitem__(self, place: int) -> str:
        return self._octets_of(place).decode()

    def _octets_of(self, place: int) -> bytes:
        return self._octets[self._ends[place] : self._ends[place + 1]]

    def place(self, stem: str) -> int:
        """Where a stem is; -1 when it is not."""
        octets = stem.encode("utf-8", "surrogatepass")
        place = self._last_up_to(octets)
        return place if place >= 0 and self._octets_of(place) == octets else -1

    def beginnings(self, text: str) -> Iterator[int]:
        """The places of the stems that `text` begins with, the longest first."""
        octets = text.encode("utf-8", "surrogatepass")
        while octets and (place := self._last_up_to(octets)) >= 0:
            found = self._octets_of(place)
            if octets.startswith(found):
                yield place
                octets = octets[: len(found) - 1]
            else:
                # All others that the text begins with are within what both have in common.
                octets = octets[: _common(octets, found)]

    def _last_up_to(self, octets: bytes) -> int:
        """The last place whose stem is not behind `octets` in order; -1 when all are. UTF-8 keeps Unicode's order."""
        low, high = 0, len(self)
        while low < high:
            middle = (low + high) // 2
            if self._octets_of(middle) <= octets:
                low = middle + 1
            else:
                high = middle
        return low - 1


def _common(one: bytes, other: bytes) -> int:
    """How many octets both begin with."""
    for length, (a, b) in enumerate(zip(one, other, strict=False)):
        if a != b:
            return length
    return min(len(one), len(other))


class _Phrase(NamedTuple):
    """A phrase that has occurred. `beginning`: where it may begin (`_beginning`). `ends_word`: its last letter needs a
    boundary. `has_words_inside`: it is more than letters.
    """

    stem: str
    beginning: str
    ends_word: bool
    has_words_inside: bool
    lists: int


class Phrases:
    """The phrases of some lists, to search lower-case text for, at word boundaries where the script has them."""

    def __init__(self, table: Table, wanted: int = 1) -> None:
        """`wanted`: the bits of the lists."""
        self._table = table
        self._wanted = wanted
        self._places = array("I", [place for place, lists in enumerate(table.lists) if lists & wanted])
        self._occurred: dict[int, _Phrase] = {}
        self._shorter: dict[int, list[int]] = {}
        self._wanted_by: dict[int, dict[int, bool]] = {}
        stems = map(
            table.__getitem__, self._places
        )  # one by one: as a list they would take more memory than the search
        self._search = AhoCorasick(stems, matchkind=MatchKind.LeftmostLongest, store_patterns=False)

    def find(self, lowered: str, start: int = 0, end: int | None = None) -> Iterator[Hit]:
        """Every phrase in `lowered` (from `start` to `end`), left to right, the longest at each offset."""
        searched = lowered[start:end] if start or end is not None else lowered
        occurred = self._occurred
        for index, found, found_end in self._search.find_matches_as_indexes(searched):
            hit_start, hit_end = start + found, start + found_end
            stem, beginning, ends_word, has_words_inside, lists = occurred.get(index) or self._phrase(index)
            if (
                beginning
                and hit_start
                and lowered[hit_start - 1].isalpha()
                and (beginning == " " or not _follows_prefixes(lowered, hit_start, beginning))
            ):
                if has_words_inside:  # `code` in `ubar code`, where `bar code` begins no word
                    yield from self.find(lowered, hit_start + 1, hit_end)
                continue
            if ends_word and lowered[hit_end : hit_end + 1].isalpha():
                place = self._places[index]
                hit_end = self._end(place, lowered, hit_start)
                if hit_end < 0:
                    for shorter in self._shorter_than(place):  # a word of another language may end sooner
                        if (hit_end := self._end(shorter, lowered, hit_start)) >= 0:
                            stem, lists = self._table[shorter], self._table.lists[shorter]
                            break
            if hit_end >= 0:
                yield Hit(hit_start, hit_end, stem, lists)

    def starts(self, lowered: str, wanted: int) -> list[int]:
        """Where the phrases of the wanted lists begin, as `find` finds them.

        Costs a tenth of it where few of many phrases are wanted.
        """
        found: list[int] = []
        known = self._wanted_by.setdefault(wanted, {})
        for index, start, end in self._search.find_matches_as_indexes(lowered):
            is_wanted = known.get(index)
            if is_wanted is None:
                place = self._places[index]
                places = (place, *self._shorter_than(place))
                is_wanted = known[index] = any(self._table.lists[one] & wanted for one in places)
            # Within a word nothing of what was found begins, but something inside of it may.
            if is_wanted or (start and lowered[start - 1].isalpha()):
                found += [hit.start for hit in self.find(lowered, start, end) if hit.lists & wanted]
        return found

    def _phrase(self, index: int) -> _Phrase:
        """The phrase by its number in the search."""
        place = self._places[index]
        stem = self._table[place]
        found = _Phrase(stem, _beginning(stem[0]), is_spaced(stem[-1]), not stem.isalpha(), self._table.lists[place])
        self._occurred[index] = found
        return found

    def _beginnings(self, text: str) -> Iterator[int]:
        lists, wanted = self._table.lists, self._wanted
        return (place for place in self._table.beginnings(text) if lists[place] & wanted)

    def _shorter_than(self, place: int) -> list[int]:
        """The places of the stems that a stem begins with, the longest first; found when they are first needed."""
        found = self._shorter.get(place)
        if found is None:
            found = self._shorter[place] = list(self._beginnings(self._table[place][:-1]))
        return found

    def _end(self, place: int, lowered: str, start: int) -> int:
        """Where the word ends that a stem found at `start` begins; -1 if the stem is none of this word's."""
        stem = self._table[place]
        end = start + len(stem)
        if is_spaced(stem[-1]) and lowered[end : end + 1].isalpha():
            return _suffix_end(lowered, end) if self._table.open_ended[place] & self._wanted else -1
        return end

    def lists_of(self, stem: str) -> int:
        """The lists of a stem; 0 when it is none of these."""
        place = self._table.place(stem)
        lists = self._table.lists[place] if place >= 0 else 0
        return lists if lists & self._wanted else 0

    def beginnings(self, lowered: str, start: int, limit: int) -> Iterator[Hit]:
        """Phrases that begin at `start`, whatever is before it, and whose stems end before `limit`; longest first."""
        first = next(iter(self._search.find_matches_as_indexes(lowered[start:limit])), None)
        if first is None or first[1] > 0:
            return
        longest = self._places[first[0]]
        for place in (longest, *self._shorter_than(longest)):
            if (end := self._end(place, lowered, start)) >= 0:
                yield Hit(start, end, self._table[place], self._table.lists[place])

    def stems_of(self, word: str) -> list[str]:
        """The shorter stems that the word begins with and continues, the longest first."""
        places = [place for place in self._beginnings(word[:-1]) if self._table.open_ended[place] & self._wanted]
        stems = map(self._table.__getitem__, places)
        return [stem for stem in stems if len(stem) >= len(word) - _MAX_SUFFIX and word[len(stem) :].isalpha()]

    def occur_in(self, lowered: str) -> bool:
        return next(self.find(lowered), None) is not None


def _suffix_end(lowered: str, end: int) -> int:
    """Where the word that continues at `end` stops; -1 if that is too far for a suffix."""
    for position in range(end, end + _MAX_SUFFIX + 1):
        if not lowered[position : position + 1].isalpha():
            return position
    return -1


def _beginning(letter: str) -> str:
    """Where a phrase that begins with this letter may begin.

    "" anywhere; " " where no letter stands before; else also behind these letters, which its script writes as prefixes.
    """
    if is_spaced(letter):
        return " "
    return next((prefixes for first, last, prefixes in _PREFIXES if first <= letter <= last), "")


def _follows_prefixes(lowered: str, position: int, prefixes: str) -> bool:
    """Whether all letters before `position` in its word are prefixes."""
    word = lowered[max(0, position - _LONGEST_PREFIX - 1) : position]
    letters = len(word) - len(word.rstrip(prefixes))
    return letters == position or (letters < len(word) and not word[-letters - 1].isalpha())


def is_spaced(character: str) -> bool:
    """Whether its script separates words by spaces and attaches no particles to them (Latin, Greek, Cyrillic)."""
    return character.isalpha() and (character < "\u0590" or "\u1e00" <= character <= "\u1fff")
