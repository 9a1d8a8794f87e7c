"""The keyword lists, one TOML file per language, compiled into linear-time searches (ADR 0013).

Used by the rest of `otp` and by `links`. All languages are searched at once, because mails mix them. docs/extraction.md
says what each list is for and how to add a language.
"""

import tomllib
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.resources import files
from typing import Literal, NamedTuple

from ahocorasick_rs import AhoCorasick, MatchKind

from message_parser.domain.otp.normal import normalise

Kind = Literal["strong", "weak", "ambiguous", "negative", "adjacent", "trailing"]
# Where a word has different kinds in two languages, the earlier kind wins.
LABEL_KINDS: tuple[Kind, ...] = ("strong", "ambiguous", "negative", "weak", "adjacent", "trailing")
LISTS = (
    *LABEL_KINDS,
    "copula",
    "or",
    "purpose",
    "warning",
    "action",
    "context",
    "offer",
    "your",
    "quote",
    "units",
    "here",
    "entry",
    "expiry",
    "unasked",
    "replaces",
    "stale",
    "fresh",
    "backup",
    "verify",
    "reset",
    "magic",
    "unsubscribe",
)
_MAX_SUFFIX = 8
_LONGEST_ABBREVIATION = 4
_NUMBER_SIGNS = frozenset(("no", "nr", "num", "núm", "nº", "n"))
_MIN_UNACCENTED = 5  # shorter words without their accents are words of other languages
# Of Hebrew and Arabic: and, the, in, to, that, from, as.
_PREFIXES = (("\u0590", "\u05ff", "והבלשמכ"), ("\u0600", "\u06ff", "والبلفكس"))
_LONGEST_PREFIX = 4
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_CEDILLAS = str.maketrans({"ș": "ş", "ț": "ţ"})  # Romanian as it was typed before Unicode 3.0
_LETTERS = str.maketrans({"ł": "l", "đ": "d", "ø": "o", "ı": "i", "ß": "ss"})  # noqa: RUF001 - Turkish


class Hit(NamedTuple):
    """A phrase and its offsets in the searched text."""

    start: int
    end: int
    phrase: str


class Phrases:
    """A set of phrases to search lower-case text for, at word boundaries where the script has them."""

    def __init__(self, phrases: frozenset[str]) -> None:
        open_ended = {phrase[:-1] for phrase in phrases if phrase.endswith("*")}
        self._open_ended = open_ended
        stems = sorted(open_ended | {phrase for phrase in phrases if not phrase.endswith("*")})
        # Of each stem: itself, where it may begin, whether its last letter needs a boundary, whether it is open-ended.
        self._stems = [(stem, _beginning(stem[0]), is_spaced(stem[-1]), stem in open_ended) for stem in stems]
        self._have_words_inside = [not stem.isalpha() for stem in stems]
        self._known = {stem: index for index, stem in enumerate(stems)}
        self._shorter: dict[int, list[int]] = {}
        self._search = AhoCorasick(stems, matchkind=MatchKind.LeftmostLongest)

    def find(self, lowered: str, start: int = 0, end: int | None = None) -> Iterator[Hit]:
        """Every phrase in `lowered` (from `start` to `end`), left to right, the longest at each offset."""
        searched = lowered[start:end] if start or end is not None else lowered
        stems = self._stems
        for index, found, found_end in self._search.find_matches_as_indexes(searched):
            hit_start, hit_end = start + found, start + found_end
            stem, beginning, ends_word, _ = stems[index]
            if (
                beginning
                and hit_start
                and lowered[hit_start - 1].isalpha()
                and (beginning == " " or not _follows_prefixes(lowered, hit_start, beginning))
            ):
                if self._have_words_inside[index]:  # `code` in `ubar code`, where `bar code` begins no word
                    yield from self.find(lowered, hit_start + 1, hit_end)
                continue
            if ends_word and lowered[hit_end : hit_end + 1].isalpha():
                hit_end = self._end(index, lowered, hit_start)
                if hit_end < 0:
                    for shorter in self._shorter_than(index):  # a word of another language may end sooner
                        if (hit_end := self._end(shorter, lowered, hit_start)) >= 0:
                            stem = stems[shorter][0]
                            break
            if hit_end >= 0:
                yield Hit(hit_start, hit_end, stem)

    def _shorter_than(self, index: int) -> list[int]:
        """The stems that a stem begins with, the longest first; found when they are first needed."""
        found = self._shorter.get(index)
        if found is None:
            stem, known = self._stems[index][0], self._known
            lengths = range(len(stem) - 1, 0, -1)
            found = self._shorter[index] = [known[stem[:length]] for length in lengths if stem[:length] in known]
        return found

    def _end(self, index: int, lowered: str, start: int) -> int:
        """Where the word ends that a stem found at `start` begins; -1 if the stem is none of this word's."""
        stem, _, ends_word, is_open_ended = self._stems[index]
        end = start + len(stem)
        if ends_word and lowered[end : end + 1].isalpha():
            return _suffix_end(lowered, end) if is_open_ended else -1
        return end

    def end_of(self, stem: str, lowered: str, start: int) -> int:
        """Where the word ends that a stem found at `start` begins; -1 if the stem is none of this word's."""
        return self._end(self._known[stem], lowered, start)

    def stems_of(self, word: str) -> list[str]:
        """The shorter stems that the word begins with and continues, the longest first."""
        return [
            stem
            for length in range(len(word) - 1, max(0, len(word) - _MAX_SUFFIX - 1), -1)
            if (stem := word[:length]) in self._open_ended and word[length:].isalpha()
        ]

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


@cache
def _lists() -> dict[str, dict[str, None]]:
    lists: dict[str, dict[str, None]] = {name: {} for name in LISTS}
    for file in sorted(files(__package__).iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".toml"):
            for name, phrases in tomllib.loads(file.read_text(encoding="utf-8")).items():
                lists[name].update(dict.fromkeys(normalise(phrase).lowered for phrase in phrases))
    for known in lists.values():
        known.update(dict.fromkeys([spelling for phrase in known for spelling in _spellings(phrase)]))
    return lists


def _spellings(phrase: str) -> Iterator[str]:
    """How senders write a phrase otherwise: `código` as `codigo`, `bestätigung` as `bestaetigung`, ș as ş."""
    if phrase.isascii() or not is_spaced(phrase[0]):
        return
    decomposed = unicodedata.normalize("NFD", phrase.translate(_LETTERS))
    unaccented = "".join(character for character in decomposed if not unicodedata.combining(character))
    for spelling in (unaccented, phrase.translate(_UMLAUTS)):
        if spelling.isascii() and spelling != phrase and len(spelling) >= _MIN_UNACCENTED:
            yield spelling
    if (with_cedillas := phrase.translate(_CEDILLAS)) != phrase:
        yield with_cedillas


@cache
def phrases(*names: str) -> Phrases:
    """The phrases of these lists in all languages."""
    lists = _lists()
    return Phrases(frozenset(phrase for name in names for phrase in lists[name]))


def stems(name: str) -> frozenset[str]:
    """The phrases of one list, as they appear in `Hit.phrase`."""
    return frozenset(phrase.rstrip("*") for phrase in _lists()[name])


@cache
def label_kinds() -> dict[str, Kind]:
    """The kind of each label, by its stem."""
    lists = _lists()
    return {phrase.rstrip("*"): kind for kind in reversed(LABEL_KINDS) for phrase in lists[kind]}


@cache
def conjunctions() -> frozenset[str]:
    """Words that put two numbers on a level."""
    return frozenset(_lists()["or"])


@lru_cache(maxsize=4096)
def is_unit(word: str) -> bool:
    """Whether a word is a unit that makes the number before it a quantity."""
    return word in _lists()["units"] or word.startswith(_unit_stems())


@cache
def _unit_stems() -> tuple[str, ...]:
    return tuple(unit[:-1] for unit in _lists()["units"] if unit.endswith("*"))


@cache
def copulas() -> tuple[frozenset[str], tuple[str, ...]]:
    """Words that announce the number after them: whole words, and endings in scripts without spaces."""
    words = _lists()["copula"]
    return frozenset(words), tuple(word for word in words if not is_spaced(word[0]))


@cache
def abbreviations() -> frozenset[str]:
    """Short words for kinds of numbers, which a full stop may follow in the middle of a sentence."""
    lists = _lists()
    known = (phrase.rstrip(".*") for name in ("negative", "adjacent") for phrase in lists[name])
    return frozenset(word for word in known if len(word) <= _LONGEST_ABBREVIATION and word.isalpha()) | _NUMBER_SIGNS
