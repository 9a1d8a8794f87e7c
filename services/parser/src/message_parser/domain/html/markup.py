"""HTML as texts and tags, either as it was written or as a browser mends it.

lexbor builds the tree (HTML Standard section 13.2) and writes it out again (section 13.3): every element closed, every
attribute in double quotes, `<` and `>` nowhere but around tags once comments and raw text are gone. That costs more
than all the rest of the reading, so markup that needs no mending (html.nesting) is taken as it was written.
"""

import re
from html import unescape
from html.entities import html5
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser

from message_parser.errors import NeedsMending

_RAW = re.compile(r"<(?:!--|!|\?|(style|script|xmp|iframe|noembed|noframes|plaintext|pre|html|body)\b)")
_ONLY_ONCE = frozenset(("html", "body"))
_SHOWN_RAW = frozenset(("xmp", "plaintext"))
_MAX_SHEETS = 20
_NOTHING = "<>"  # a tag that does nothing, so that the texts around what was left out stay two
_VOID = frozenset(
    "area base basefont bgsound br col embed frame hr img input keygen link meta param source track wbr".split()  # noqa: SIM905
)
_NAME = re.compile(r"[^ \t\n\f/]+")
_ATTRIBUTE = re.compile(r"""([^ \t\n\f=/]+)(?:=(?:"([^"]*)"|'([^']*)'|([^ \t\n\f"'=<>`]+)))?""")
_PLAIN_START = re.compile(
    r"[a-z][a-z0-9]*+"
    r"""(?:[ \t\n\f]++[a-zA-Z_:][a-zA-Z0-9_:.-]*+(?:="[^"<]*+"|='[^'<]*+'|=[^\s"'=<>`]++)?)*+[ \t\n\f]*+/?"""
)
_REFERENCE = re.compile(r"&(?:#(?:[xX][0-9a-fA-F]+|[0-9]+);?|([a-zA-Z][a-zA-Z0-9]*(?:;|(?![a-zA-Z0-9=]))))")
_DOCTYPE = re.compile(r"\s*<!doctype[^<>]*>", re.IGNORECASE)


class Tag(NamedTuple):
    """A start tag; `attributes` by lower-case name, in plain text."""

    name: str
    attributes: dict[str, str]
    is_void: bool


class Markup(NamedTuple):
    """Without comments, scripts and style sheets; `sheets`: the first of the latter.

    `keeps_lines`: somewhere in it a line break is one.
    """

    text: str
    sheets: list[str]
    keeps_lines: bool


def mended(html: str) -> Markup:
    """As a browser understands it."""
    return _without_raw(_without_doctype(LexborHTMLParser(html).html or ""), as_written=False)


def as_written(html: str) -> Markup:
    """As it stands. Raises NeedsMending for what only a browser knows the end of."""
    return _without_raw(_without_doctype(html), as_written=True)


def _without_doctype(html: str) -> str:
    doctype = _DOCTYPE.match(html)
    return html[doctype.end() :] if doctype else html


def _without_raw(html: str, *, as_written: bool) -> Markup:
    kept: list[str] = []
    sheets: list[str] = []
    place = 0
    keeps_lines = False
    seen: set[str] = set()
    endless: set[str] = set()
    for start in _RAW.finditer(html):
        name = start.group(1)
        if name in _ONLY_ONCE:
            if as_written and name in seen:
                raise NeedsMending
            seen.add(name)
            continue
        if name == "pre":
            keeps_lines = True
            continue
        mark = f"</{name}>" if name else "-->"
        # A name of an attribute can look like a beginning. One that has no end makes all further ones be passed over,
        # so that nothing is searched twice.
        if start.start() < place or mark in endless:
            continue
        end = html.find(mark, start.end())
        if as_written:
            _require_plain_raw(html, start, end)
        if end < 0:
            endless.add(mark)
            continue
        kept += (html[place : start.start()], _NOTHING)
        place = end + len(mark)
        content = html[start.end() : end].partition(">")[2] if name else ""
        if name in _SHOWN_RAW:
            kept += (content.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"), _NOTHING)
        elif name == "style" and len(sheets) < _MAX_SHEETS:
            sheets.append(content)
    return Markup("".join([*kept, html[place:]]) if place else html, sheets, keeps_lines)


def _require_plain_raw(html: str, start: re.Match[str], end: int) -> None:
    """Comments and style sheets that end at their first end mark. Raises NeedsMending for all else."""
    if end >= 0 and start.group() == "<!--":
        if not html.startswith((">", "->"), start.end()) and html.find("--!>", start.end(), end) < 0:
            return
    elif end >= 0 and start.group(1) == "style":
        tag, _, content = html[start.start() + 1 : end].partition(">")
        if is_plain(tag) and "</style" not in content.lower():
            return
    raise NeedsMending


def is_plain(tag: str) -> bool:
    """Whether what stands between `<` and `>` of a start tag says the same to any reader."""
    return _PLAIN_START.fullmatch(tag) is not None


def read_tag(tag: str) -> Tag:
    """What stands between `<` and `>` of a start tag. Of attributes with one name the first counts."""
    match = _NAME.match(tag)
    if match is None:
        return Tag("", {}, is_void=True)
    attributes: dict[str, str] = {}
    for found in _ATTRIBUTE.finditer(tag, match.end()):
        name, double, single, bare = found.groups()
        attributes.setdefault(name.lower(), _value(double or single or bare or ""))
    return Tag(match.group(), attributes, match.group() in _VOID)


def _value(written: str) -> str:
    """An attribute's value (HTML Standard section 13.2.5.73: `&copy=1` in a URL is no sign)."""
    return _REFERENCE.sub(_referred, written) if "&" in written else written


def _referred(reference: re.Match[str]) -> str:
    name = reference.group(1)
    return unescape(reference.group()) if name is None else html5.get(name, reference.group())


def in_plain(text: str) -> str:
    """A text with its character references resolved."""
    # Preheaders are padded with hundreds of the first.
    return unescape(text.replace("&nbsp;", "\xa0")) if "&" in text else text
