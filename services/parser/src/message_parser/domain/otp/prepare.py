"""Loads what finding codes needs, so that no mail has to wait for it. Called when a parsing process starts."""

from message_parser.domain.otp.engine import weights
from message_parser.domain.otp.scan import SIGNALS, Scan
from message_parser.domain.otp.words import LABEL_KINDS, abbreviations, conjunctions, copulas, is_unit, phrases

SEARCHED = ((*LABEL_KINDS, *SIGNALS), ("quote",), ("purpose",))
"""The lists that are searched together; a test compares them with the calls of `phrases`."""

_WORDS = "code expires"  # a label and a signal


def prepare() -> None:
    """Load the weights and build every search."""
    weights()
    copulas()
    abbreviations()
    conjunctions()
    is_unit("")
    for names in SEARCHED:
        phrases(*names)
    Scan(_WORDS, [(0, len(_WORDS))])
