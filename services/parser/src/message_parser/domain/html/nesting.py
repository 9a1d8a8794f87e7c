"""Which markup a browser would leave as it is: elements nested as they are written, nothing moved or closed by itself.

A strict part of the HTML Standard (section 13.2.6) that covers what tools for mail produce. What is not certain is
refused: html.layout then has the markup mended first. tests/unit/test_nesting.py holds both ways to one result.
"""

import re

DOCUMENT, FRAGMENT = "#document", "#fragment"
"""The names of the outermost place: of markup that begins with `<html>`, and of any other."""

# Elements that stand in these and nowhere else.
_PARENTS = {
    "html": (DOCUMENT,),
    "head": ("html",),
    "body": ("html",),
    **dict.fromkeys(("title", "meta", "link", "base"), ("head",)),
    **dict.fromkeys(("thead", "tbody", "tfoot"), ("table",)),
    "tr": ("table", "thead", "tbody", "tfoot"),
    **dict.fromkeys(("td", "th"), ("tr",)),
    "li": ("ul", "ol"),
}
# These hold their parts alone: a browser moves all else out of them.
_HOLDERS = frozenset((DOCUMENT, "html", "head", "table", "thead", "tbody", "tfoot", "tr"))
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
# These end an open paragraph.
_BLOCKS = _HEADINGS | {
    *("address", "article", "aside", "blockquote", "center", "div", "figcaption", "figure", "footer", "header", "hr"),
    *("main", "nav", "ol", "p", "section", "table", "ul"),
}
_PHRASES = frozenset(
    """
    a abbr b bdi bdo big br cite code del dfn em font i img ins kbd mark q s samp small span strike strong sub sup time
    tt u var wbr
    """.split()  # noqa: SIM905
)
_HTML = re.compile(r"\s*<html[\s>]")


def outermost(markup: str) -> str:
    return DOCUMENT if _HTML.match(markup) else FRAGMENT


def fits(name: str, above: str, *, in_paragraph: bool, in_link: bool) -> bool:
    """Whether an element may begin directly inside `above`, with a paragraph or a link open around it."""
    parents = _PARENTS.get(name)
    if parents is not None:
        return above in parents
    if above in _HOLDERS or above == "title":
        return False
    if name in _PHRASES:
        return name != "a" or not in_link
    return name in _BLOCKS and not in_paragraph and not (name in _HEADINGS and above in _HEADINGS)


def takes_text(name: str) -> bool:
    return name not in _HOLDERS
