"""HTML source as markup that `layout` can read: without comments, scripts and style sheets. Called by `engines`.

`strict_markup` takes the source as it is written, `repaired_markup` as a browser repairs it: lexbor parses it (HTML
Standard section 13.2) and writes it out again (section 13.3), every element closed, every attribute in double quotes,
`<` and `>` nowhere but around tags once comments and raw text are gone. That costs more than the rest of the reading.
"""

import re
from html import unescape
from html.entities import html5
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser

from message_parser.domain.html.nesting import NeedsRepair
from message_parser.domain.html.slots import SLOTS

MARKS = "\x01\x02\x03\x04\x05\x06"
"""Control characters that stand for something in the text that `automaton` puts out."""
_RAW = re.compile(r"<(?:!--|!|\?|(style|script|xmp|iframe|noembed|noframes|plaintext|pre|html|body)\b)")
_ONLY_ONCE = frozenset(("html", "body"))
_SHOWN_RAW = frozenset(("xmp", "plaintext"))
_MAX_SHEETS = 20
_NOTHING = "<>"  # a tag that does nothing: keeps the texts before and after a removed piece apart
VOID = frozenset(
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
    """A start tag. `attributes`: by lower-case name, references resolved."""

    name: str
    attributes: dict[str, str]
    is_void: bool


class Markup(NamedTuple):
    """`text`: tags and texts. `sheets`: the content of the first style sheets.

    `keeps_lines`: there is a `pre` somewhere, so that line breaks matter.
    """

    text: str
    sheets: list[str]
    keeps_lines: bool


def strict_markup(html: str) -> Markup:
    """The markup as it is written. Raises NeedsRepair for comments and raw text whose end only a browser finds."""
    return _without_raw(_without_doctype(_without_marks(html)), strict=True)


def repaired_markup(html: str) -> Markup:
    """The markup as a browser repairs it."""
    return _without_raw(_without_doctype(_without_marks(LexborHTMLParser(html).html or "")), strict=False)


def _without_marks(html: str) -> str:
    """Without the control characters that `automaton` and `slots` mark places with; no mail means anything by them."""
    for mark in MARKS + SLOTS:
        if mark in html:
            html = html.replace(mark, "")
    return html


def _without_doctype(html: str) -> str:
    doctype = _DOCTYPE.match(html)
    return html[doctype.end() :] if doctype else html


def _without_raw(html: str, *, strict: bool) -> Markup:
    kept: list[str] = []
    sheets: list[str] = []
    position = 0
    keeps_lines = False
    seen: set[str] = set()
    endless: set[str] = set()
    for start in _RAW.finditer(html):
        name = start.group(1)
        if name in _ONLY_ONCE:
            if strict and name in seen:
                raise NeedsRepair
            seen.add(name)
            continue
        if name == "pre":
            keeps_lines = True
            continue
        mark = f"</{name}>" if name else "-->"
        # An attribute's name can look like the beginning of a comment. After one without an end, all further ones of
        # its kind are skipped, so that nothing is searched twice.
        if start.start() < position or mark in endless:
            continue
        end = html.find(mark, start.end())
        if strict:
            _require_plain_raw(html, start, end)
        if end < 0:
            endless.add(mark)
            continue
        kept += (html[position : start.start()], _NOTHING)
        position = end + len(mark)
        content = html[start.end() : end].partition(">")[2] if name else ""
        if name in _SHOWN_RAW:
            kept += (content.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"), _NOTHING)
        elif name == "style" and len(sheets) < _MAX_SHEETS:
            sheets.append(content)
    return Markup("".join([*kept, html[position:]]) if position else html, sheets, keeps_lines)


def _require_plain_raw(html: str, start: re.Match[str], end: int) -> None:
    """Raises NeedsRepair for all but comments and style sheets that end at their first end mark."""
    if end >= 0 and start.group() == "<!--":
        if not html.startswith((">", "->"), start.end()) and html.find("--!>", start.end(), end) < 0:
            return
    elif end >= 0 and start.group(1) == "style":
        tag, _, content = html[start.start() + 1 : end].partition(">")
        if is_plain(tag) and "</style" not in content.lower():
            return
    raise NeedsRepair


def is_plain(tag: str) -> bool:
    """Whether the content of a start tag (between `<` and `>`) reads the same for every parser."""
    return _PLAIN_START.fullmatch(tag) is not None


def read_tag(tag: str) -> Tag:
    """Read the content of a start tag (between `<` and `>`). Of attributes with the same name the first counts."""
    match = _NAME.match(tag)
    if match is None:
        return Tag("", {}, is_void=True)
    attributes: dict[str, str] = {}
    for found in _ATTRIBUTE.finditer(tag, match.end()):
        name, double, single, bare = found.groups()
        attributes.setdefault(name.lower(), value_of(double or single or bare or ""))
    return Tag(match.group(), attributes, match.group() in VOID)


def value_of(written: str) -> str:
    """An attribute's value as it is meant (HTML Standard section 13.2.5.73: `&copy=1` in a URL is no reference)."""
    if "&" not in written:
        return written
    # Nearly always the only one in a URL.
    if written.count("&") == written.count("&amp;"):
        return written.replace("&amp;", "&")
    return _REFERENCE.sub(_character, written)


def _character(reference: re.Match[str]) -> str:
    name = reference.group(1)
    return unescape(reference.group()) if name is None else html5.get(name, reference.group())


def resolve_references(text: str) -> str:
    """A text with its character references resolved."""
    # Preheaders are padded with hundreds of `&nbsp;`, so that one is replaced the cheap way first.
    return unescape(text.replace("&nbsp;", "\xa0")) if "&" in text else text
