"""The keyword lists of all languages as searches and sets. Used by the rest of `otp` and by `links`.

All languages are searched at once, because mails mix them. One TOML file per language has the phrases, and
docs/extraction.md says what each list is for and how to add a language; `compile` makes the one file of them that is
loaded here.
"""

from array import array
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Literal

from message_parser.domain.otp.words.phrases import Phrases, Table, is_spaced

COMPILED = Path(str(files(__package__) / "phrases.tsv"))
Kind = Literal["strong", "weak", "ambiguous", "negative", "adjacent", "trailing"]
# Where a word has different kinds in two languages, the earlier kind wins.
LABEL_KINDS: tuple[Kind, ...] = ("strong", "ambiguous", "negative", "weak", "adjacent", "trailing")
LISTS: tuple[str, ...] = (
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
    "give",
    "place",
    "transfer",
    "meeting",
)
BITS = {name: 1 << place for place, name in enumerate(LISTS)}
"""One bit for each list; the lists of a phrase are their sum, whether it is open-ended in them or not."""
_KINDS_BY_BIT = tuple((BITS[kind], kind) for kind in LABEL_KINDS)
_LABEL_BITS = sum(bit for bit, _ in _KINDS_BY_BIT)
_LONGEST_ABBREVIATION = 4
_NUMBER_SIGNS = frozenset(("no", "nr", "num", "núm", "nº", "n"))


@cache
def _table() -> Table:
    """All phrases. Line by line, so that no memory is left behind in pieces."""
    lists, open_ended = array("I"), array("I")
    known: dict[bytes, tuple[int, int]] = {}

    def stems() -> Iterator[bytes]:
        with COMPILED.open("rb") as file:
            for line in file:
                stem, _, names = line.rstrip().partition(b"\t")
                if (bits := known.get(names)) is None:
                    bits = known[names] = _bits_of(names.decode().split())
                lists.append(bits[0])
                open_ended.append(bits[1])
                yield stem

    return Table(stems(), lists, open_ended)


def _bits_of(names: Sequence[str]) -> tuple[int, int]:
    """All of these lists, and those with a `*`."""
    starred = sum(BITS[name[:-1]] for name in names if name.endswith("*"))
    return sum(BITS[name] for name in {name.rstrip("*") for name in names}), starred


def _of_list(name: str) -> list[tuple[str, bool]]:
    """The phrases of one list, and whether they are open-ended there."""
    table, bit = _table(), BITS[name]
    return [(table[at], bool(table.open_ended[at] & bit)) for at, lists in enumerate(table.lists) if lists & bit]


@cache
def phrases(*names: str) -> Phrases:
    """The phrases of these lists in all languages; `Hit.lists`: the sum of BITS that each of them is in."""
    return Phrases(_table(), sum(BITS[name] for name in names))


def label_kind(lists: int) -> Kind | None:
    """The kind of label that a phrase of these lists is, if it is one."""
    if lists & _LABEL_BITS:
        for bit, kind in _KINDS_BY_BIT:
            if lists & bit:
                return kind
    return None


@cache
def conjunctions() -> frozenset[str]:
    """Words that put two numbers on a level."""
    return frozenset(word for word, _ in _of_list("or"))


@lru_cache(maxsize=4096)
def is_unit(word: str) -> bool:
    """Whether a word is a unit that makes the number before it a quantity."""
    units, stems = _units()
    return word in units or word.startswith(stems)


@cache
def _units() -> tuple[frozenset[str], tuple[str, ...]]:
    units = _of_list("units")
    return frozenset(word for word, _ in units), tuple(word for word, is_open_ended in units if is_open_ended)


@cache
def copulas() -> tuple[frozenset[str], tuple[str, ...]]:
    """Words that announce the number after them: whole words, and endings in scripts without spaces."""
    words = [word for word, _ in _of_list("copula")]
    return frozenset(words), tuple(word for word in words if not is_spaced(word[0]))


@cache
def giving() -> tuple[frozenset[str], tuple[str, ...]]:
    """Words that hand over the number beside them: whole words, and those of scripts without spaces."""
    words = [word for word, _ in _of_list("give")]
    return frozenset(words), tuple(word for word in words if not is_spaced(word[0]))


@cache
def abbreviations() -> frozenset[str]:
    """Short words for kinds of numbers, which a full stop may follow in the middle of a sentence."""
    known = (word.rstrip(".") for name in ("negative", "adjacent") for word, _ in _of_list(name))
    return frozenset(word for word in known if len(word) <= _LONGEST_ABBREVIATION and word.isalpha()) | _NUMBER_SIGNS
