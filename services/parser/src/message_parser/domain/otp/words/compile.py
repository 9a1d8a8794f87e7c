"""Puts the phrases of all languages into one sorted file that parsing processes load: `make words`.

    python -m message_parser.domain.otp.words.compile

Reading the files of 29 languages at each start took 0.2 s, and what it left behind 16 MiB in each process (ADR 0020).
"""

import tomllib
import unicodedata
from collections.abc import Iterator
from importlib.resources import files

from message_parser.domain.otp.normal import normalise
from message_parser.domain.otp.words.lists import COMPILED, LISTS
from message_parser.domain.otp.words.phrases import is_spaced

_MIN_UNACCENTED = 5  # shorter words without their accents are words of other languages
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_CEDILLAS = str.maketrans({"ș": "ş", "ț": "ţ"})  # Romanian as it was typed before Unicode 3.0
_LETTERS = str.maketrans({"ł": "l", "đ": "d", "ø": "o", "ı": "i", "ß": "ss"})  # noqa: RUF001 - Turkish


def compiled() -> str:
    """One line for each phrase, in order: the phrase, a tab, and the lists it is in (`*`: there with a `*`)."""
    known: dict[str, set[str]] = {}
    for file in sorted(files(__package__).iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".toml"):
            for name, phrases in tomllib.loads(file.read_text(encoding="utf-8")).items():
                for phrase in phrases:
                    lowered = normalise(phrase).lowered
                    for spelling in (lowered, *_spellings(lowered)):
                        stem = spelling.removesuffix("*")
                        known.setdefault(stem, set()).add(name + spelling[len(stem) :])
    order = {name + star: place for place, name in enumerate(LISTS) for star in ("", "*")}
    return "".join(
        f"{stem}\t{' '.join(sorted(known[stem], key=lambda name: (order[name], name)))}\n" for stem in sorted(known)
    )


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


def main() -> None:
    COMPILED.write_text(compiled(), encoding="utf-8")


if __name__ == "__main__":
    main()
