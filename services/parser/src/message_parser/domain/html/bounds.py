"""HTML that no person writes is cut before its tree is built: that costs the square of its depth, of the number of
names that its attributes have, and of the attributes of one tag.
"""

import re
from itertools import islice

MAX_DEPTH = 512
MAX_NAMES = 5_000
_HARMLESS_TAGS = 2_000
_HARMLESS_CHARACTERS = 64 * 1024
_START = re.compile(r"<[a-zA-Z][^\s>]*([^>]*)")
_VALUE = re.compile(r"=\s*(?:\"[^\"]*\"|'[^']*'|[^\s>]*)")
_ATTRIBUTE = re.compile(r"[^\s\"'=/]+")
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,20})")
# Never closed, or closed by their next neighbour: these do not pile up.
_FLAT = frozenset(
    """
    area base br col dd dt embed hr img input li link meta option p param source td th tr tbody thead tfoot track wbr
    """.split()  # noqa: SIM905 - names read better as text
)


def cut(html: str) -> str:
    """`html` up to where it passes a bound."""
    return _cut_names(_cut_deep(html))


def _cut_names(html: str) -> str:
    """Up to where its attributes have more than MAX_NAMES names; of one tag only so many are looked at."""
    if len(html) <= _HARMLESS_CHARACTERS:
        return html
    names: set[str] = set()
    seen: set[str] = set()
    for match in _START.finditer(html):
        attributes = match.group(1)
        if attributes in seen:
            continue
        names.update(
            islice((found.group() for found in _ATTRIBUTE.finditer(_VALUE.sub("", attributes))), MAX_NAMES + 1)
        )
        if len(names) > MAX_NAMES:
            return html[: match.start()]
        if len(seen) < MAX_NAMES:
            seen.add(attributes)
    return html


def _cut_deep(html: str) -> str:
    """`html` up to where more than MAX_DEPTH elements are open."""
    if html.count("<") <= _HARMLESS_TAGS:
        return html
    depth = 0
    for match in _TAG.finditer(html):
        if match.group(2).lower() in _FLAT:
            continue
        depth = max(0, depth - 1) if match.group(1) else depth + 1
        if depth > MAX_DEPTH:
            return html[: match.start()]
    return html
