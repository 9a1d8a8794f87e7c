"""Reads the field Host, and the wildcards that settings have for hosts and origins. Pure."""

import re
from collections.abc import Iterable


def name_in(host: str) -> str:
    """The name or address in a Host field, in lower case, without its port, brackets and root dot."""
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    return host.partition(":")[0].lower().rstrip(".")


def any_of(texts: Iterable[str]) -> re.Pattern[str]:
    """What matches one of these texts in lower case, where `*` stands for any characters; nothing, without texts."""
    return re.compile("|".join(re.escape(text.lower()).replace(r"\*", ".*") for text in texts) or r"(?!)")
