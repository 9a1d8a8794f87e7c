"""The words that say what a number or a link is for, in all languages. Used by the rest of `otp` and by `links`."""

from message_parser.domain.otp.words.lists import (
    BITS,
    LABEL_KINDS,
    LISTS,
    Kind,
    abbreviations,
    conjunctions,
    copulas,
    giving,
    is_unit,
    label_kind,
    phrases,
)
from message_parser.domain.otp.words.phrases import Hit, Phrases, Table, is_spaced

__all__ = [
    "BITS",
    "LABEL_KINDS",
    "LISTS",
    "Hit",
    "Kind",
    "Phrases",
    "Table",
    "abbreviations",
    "conjunctions",
    "copulas",
    "giving",
    "is_spaced",
    "is_unit",
    "label_kind",
    "phrases",
]
