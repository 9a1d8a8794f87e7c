"""HTML nested deeper than any person writes is cut before its tree is built, which costs the square of its depth."""

import re

MAX_DEPTH = 512
_HARMLESS_TAGS = 2_000
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,20})")
# Never closed, or closed by their next neighbour: these do not pile up.
_FLAT = frozenset(
    """
    area base br col dd dt embed hr img input li link meta option p param source td th tr tbody thead tfoot track wbr
    """.split()  # noqa: SIM905 - names read better as text
)


def cut_deep(html: str) -> str:
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
