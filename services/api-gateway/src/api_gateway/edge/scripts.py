"""Refuses domain names that mix scripts, such as a Cyrillic letter among Latin ones, which shows as another name.

The rule is Single Script of UTS 39 section 5.1, for the scripts recommended for names (UAX 31 table 5). RE2 knows the
scripts of Unicode.
"""

import idna
import re2

from mayfly.failures import PermanentFailure

_SCRIPTS = (
    *("Latin", "Cyrillic", "Greek", "Armenian", "Georgian", "Hebrew", "Arabic", "Thaana", "Ethiopic"),
    *("Devanagari", "Bengali", "Gurmukhi", "Gujarati", "Oriya", "Tamil", "Telugu", "Kannada", "Malayalam", "Sinhala"),
    *("Thai", "Lao", "Tibetan", "Myanmar", "Khmer"),
    # Japanese, Chinese and Korean are each written with several: UTS 39 counts these as one.
    *(r"Han}\p{Hiragana}\p{Katakana", r"Han}\p{Bopomofo", r"Han}\p{Hangul"),
)
_ONE_SCRIPT = re2.compile("|".join(rf"[\p{{Common}}\p{{Inherited}}\p{{{script}}}]*" for script in _SCRIPTS))


class MixedScripts(PermanentFailure):
    """A label of the domain mixes scripts, or has one that is not in use for names."""


def require_one_script(domain: str) -> None:
    """Check each label of a domain in normal form (A-labels). Raises MixedScripts."""
    for label in domain.split("."):
        if label.startswith("xn--") and not _ONE_SCRIPT.fullmatch(idna.ulabel(label)):
            raise MixedScripts("each label of a domain must have the letters of one script")
