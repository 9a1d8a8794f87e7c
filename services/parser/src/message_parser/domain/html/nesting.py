"""Which markup a browser leaves as it is: nested as it is written, nothing moved, nothing closed implicitly.

A strict subset of the HTML Standard's rules (section 13.2.6) that covers what tools for mail produce; what the rules do
not name counts as "needs repair". Used by `automaton` (nesting) and `markup` (comments and raw text).
"""

import re

DOCUMENT, FRAGMENT = "#document", "#fragment"
"""The roots of markup that is read strictly: of markup that begins with `<html>`, and of any other."""


class NeedsRepair(Exception):
    """A browser would understand this markup differently from how it is written."""


# Elements that are allowed in these parents only.
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
# Elements that take only the children listed above and no text: a browser moves everything else out.
_STRUCTURAL = frozenset((DOCUMENT, "html", "head", "table", "thead", "tbody", "tfoot", "tr"))
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
# Elements that close an open paragraph.
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


def root_of(markup: str) -> str:
    """DOCUMENT or FRAGMENT."""
    return DOCUMENT if _HTML.match(markup) else FRAGMENT


def fits(name: str, parent: str, *, in_paragraph: bool, in_link: bool) -> bool:
    """Whether an element may begin directly inside `parent`, with a paragraph or a link open around it."""
    parents = _PARENTS.get(name)
    if parents is not None:
        return parent in parents
    if parent in _STRUCTURAL or parent == "title":
        return False
    if name in _PHRASES:
        return name != "a" or not in_link
    return name in _BLOCKS and not in_paragraph and not (name in _HEADINGS and parent in _HEADINGS)


def takes_text(name: str) -> bool:
    return name not in _STRUCTURAL
