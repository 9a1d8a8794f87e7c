"""Tags of messages: labels from the header field X-Tags, from `+tag` of addresses, and from the API.

Used by parser, which sets the first ones, and by api-gateway, which changes them and searches for them.
"""

import re
import unicodedata
from collections.abc import Iterable

MOST_TAGS = 50
MAX_TAG_CHARACTERS = 100
_LEFT_OUT = re.compile(r"[^\w .@-]+")
_BLANKS = re.compile(r"\s+")


def clean_tag(text: str) -> str:
    """The tag as it is kept: letters, digits and ` _ . @ -`, single blanks, at most 100 characters; "" if none is left.

    Other characters become blanks. Kept are those that Mailpit keeps, and letters of all scripts.
    """
    kept = _LEFT_OUT.sub(" ", unicodedata.normalize("NFC", text))
    return _BLANKS.sub(" ", kept)[:MAX_TAG_CHARACTERS].strip()


def plus_tags(local_part: str) -> list[str]:
    """What stands behind each `+` of a local part, as it is written."""
    return local_part.split("+")[1:]


def same_tag(tag: str) -> str:
    """What equal tags have in common: tags are compared without case."""
    return tag.casefold()


def clean_tags(texts: Iterable[str]) -> list[str]:
    """The tags as they are kept, each once in its first spelling, in order; at most 50."""
    tags: dict[str, str] = {}
    for text in texts:
        if tag := clean_tag(text):
            tags.setdefault(same_tag(tag), tag)
            if len(tags) == MOST_TAGS:
                break
    return list(tags.values())
