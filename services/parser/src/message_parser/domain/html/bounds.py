"""Truncates pathological HTML before lexbor parses it. Called by `engines`.

lexbor takes time in the square of the depth, of the number of distinct attribute names, of the number of attributes of
one tag, and of the number of options of one `select`. No ordinary mail comes near these bounds.
"""

import re
from collections import Counter
from itertools import islice

MAX_DEPTH = 512
_MAX_NAMES = 5_000
_HARMLESS_TAGS = 2_000
_HARMLESS_CHARACTERS = 64 * 1024
_HARMLESS_OPTIONS = 1_000
_OPTION = re.compile(r"</?option\b[^<>]*>?", re.IGNORECASE)
_START = re.compile(r"<[a-zA-Z][^\s>]*([^>]*)")
_VALUE = re.compile(r"=\s*(?:\"[^\"]*\"|'[^']*'|[^\s>]*)")
_ATTRIBUTE = re.compile(r"[^\s\"'=/]+")
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,20})")
# Elements that add no depth: void ones, and those that the next one of their kind closes.
_FLAT = frozenset(
    """
    area base br col dd dt embed hr img input li link meta option p param source td th tr tbody thead tfoot track wbr
    """.split()  # noqa: SIM905 - names read better as text
)


def truncate(html: str) -> str:
    """`html` up to the tag that passes a bound."""
    return _truncate_names(_truncate_deep(html))


def without_options(html: str) -> str:
    """`html` without the tags of options where there are many. What a `select` holds is not shown in any case."""
    return _OPTION.sub("", html) if html.lower().count("<option") > _HARMLESS_OPTIONS else html


def _truncate_names(html: str) -> str:
    """`html` up to the tag whose attributes bring the count of distinct names above _MAX_NAMES."""
    if len(html) <= _HARMLESS_CHARACTERS:
        return html
    names: set[str] = set()
    seen: set[str] = set()
    for match in _START.finditer(html):
        attributes = match.group(1)
        if attributes in seen:
            continue
        names.update(
            islice((found.group() for found in _ATTRIBUTE.finditer(_VALUE.sub("", attributes))), _MAX_NAMES + 1)
        )
        if len(names) > _MAX_NAMES:
            return html[: match.start()]
        if len(seen) < _MAX_NAMES:
            seen.add(attributes)
    return html


def _truncate_deep(html: str) -> str:
    """`html` up to where more than MAX_DEPTH elements are open."""
    if html.count("<") <= _HARMLESS_TAGS:
        return html
    depth = 0
    opened: Counter[str] = Counter()
    for match in _TAG.finditer(html):
        name = match.group(2).lower()
        if name in _FLAT:
            continue
        if not match.group(1):
            opened[name] += 1
            depth += 1
        elif opened[name]:  # an end tag of anything else ends nothing
            opened[name] -= 1
            depth -= 1
        if depth > MAX_DEPTH:
            return html[: match.start()]
    return html
