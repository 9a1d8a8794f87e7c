"""HTML as text that a person and the code finder can read, and what the HTML hides from the eye.

Blocks start lines, list items get a dash, table cells are set apart by a space, links keep their text. What is
hidden by style is collected apart: senders put preheaders there, and filler, and sometimes traps. Quoted older mail
(`blockquote type=cite`, Gmail's and Outlook's wrappers) gets a `>` before each line.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser, LexborNode

from message_parser.domain import limits
from message_parser.domain.html import visibility
from message_parser.domain.html.depth import cut_deep
from message_parser.domain.html.visibility import Paint

_BLOCKS = frozenset(
    """
    address article aside blockquote body center dd details dialog div dl dt fieldset figcaption figure footer form
    h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main nav ol p pre section summary table tbody tfoot thead tr ul
    """.split()  # noqa: SIM905 - forty names read better as text
)
_DROPPED = frozenset(
    "head script style title template noscript object iframe svg math select textarea -comment".split()  # noqa: SIM905
)
_QUOTE_CLASSES = ("gmail_quote", "yahoo_quoted", "moz-cite-prefix", "protonmail_quote")
_QUOTE_MARK = "\x01"


@dataclass(slots=True)
class Anchor:
    url: str
    text: str


@dataclass(slots=True)
class HtmlText:
    """`text`: visible, laid out. `hidden`: what the eye does not see. `anchors`: in order, hidden ones too.

    `cut`: some of it was nested too deep to be read.
    """

    text: str = ""
    hidden: str = ""
    anchors: list[Anchor] = field(default_factory=list)
    cut: bool = False


def read_html(html: str) -> HtmlText:
    """Lay out `html` (its first 2 Mi characters)."""
    shallow = cut_deep(html[: limits.MAX_BODY_CHARACTERS])
    tree = LexborHTMLParser(shallow)
    root = tree.root
    if root is None:
        return HtmlText()
    layout = _Layout(visibility.hidden_classes(_sheets(tree, shallow)))
    layout.walk(root)
    laid_out = layout.finish()
    laid_out.cut = len(shallow) < min(len(html), limits.MAX_BODY_CHARACTERS)
    return laid_out


def _sheets(tree: LexborHTMLParser, html: str) -> str:
    if "<style" not in html and "<STYLE" not in html:
        return ""
    return "\n".join(node.text() or "" for node in tree.css("style")[:20])


class _Effect(NamedTuple):
    """What an element does to all below it, undone when it is left. `anchor`: URL, where its text goes, from where."""

    hides: bool
    quotes: bool
    anchor: tuple[str, list[str], int] | None


class _Layout:
    """One pass over the tree without recursion: depth is the sender's to choose."""

    def __init__(self, hidden_classes: frozenset[str]) -> None:
        self._hidden_classes = hidden_classes
        self._visible: list[str] = []
        self._hidden: list[str] = []
        self._out = self._visible
        self._open: list[tuple[str, Paint, _Effect | None]] = []
        self._paint = Paint()
        self._hiding = 0
        self._quoting = 0
        self._pre = 0
        self._anchors: list[Anchor] = []
        self._styles: dict[str, visibility.Style] = {}

    def walk(self, root: LexborNode) -> None:
        node, depth = root, 0
        while True:
            child = self._visit(node)
            if child is not None:
                node, depth = child, depth + 1
                continue
            following = node.next
            while depth and following is None:
                node, depth = node.parent or root, depth - 1
                self._leave()
                following = node.next
            if not depth or following is None:
                return
            node = following

    def _visit(self, node: LexborNode) -> LexborNode | None:
        """Take the node in; its first child when it has to be gone into."""
        tag = node.tag or ""
        if tag == "-text":
            self._text(node.text_content or "")
        elif tag not in _DROPPED:
            self._enter(node, tag)
            child = node.child
            if child is not None:
                return child
            self._leave()
        return None

    def _text(self, text: str) -> None:
        if "\n" in text:
            text = text.replace("\n", f"\n{_QUOTE_MARK}" if self._quoting else "\n") if self._pre else _one_line(text)
        self._out.append(text)

    def _enter(self, node: LexborNode, tag: str) -> None:
        attributes = node.attributes
        outside = self._paint
        effect = self._effect(attributes, tag) if attributes else None
        self._open.append((tag, outside, effect))
        if tag == "td" or tag == "th":  # noqa: PLR1714 - the most frequent tags of mail, asked for first
            self._out.append(" ")
        elif tag in _BLOCKS:
            self._break("- " if tag == "li" else "")
            self._pre += tag == "pre"
        elif tag == "br":
            self._break()
        elif tag == "img" and attributes.get("alt"):
            self._out.append(f" {_one_line(attributes['alt'] or '')} ")

    def _effect(self, attributes: dict[str, str | None], tag: str) -> _Effect | None:
        get = attributes.get
        style = self._style(attributes)
        classes = get("class")
        hides = style.hides or "hidden" in attributes
        quotes = tag == "blockquote" and get("type") == "cite"
        if classes:
            names = classes[:500].lower()
            quotes = quotes or names.startswith(_QUOTE_CLASSES)
            hides = hides or not self._hidden_classes.isdisjoint(names.split())
        href = get("href") if tag in ("a", "area") else None
        self._hiding += hides
        self._quoting += quotes
        if hides or style.paints:
            self._repaint(style.over(self._paint))
        if hides or quotes or href:
            return _Effect(hides, quotes, (href, self._out, len(self._out)) if href else None)
        return None

    def _style(self, attributes: dict[str, str | None]) -> visibility.Style:
        inline = attributes.get("style") or ""
        if "bgcolor" in attributes or "color" in attributes:
            return visibility.read_style(inline, attributes.get("bgcolor") or "", attributes.get("color") or "")
        known = self._styles.get(inline)
        if known is None:
            known = self._styles[inline] = visibility.read_style(inline)
        return known

    def _repaint(self, paint: Paint) -> None:
        self._paint = paint
        self._out = self._hidden if self._hiding or paint.hides_text else self._visible

    def _leave(self) -> None:
        tag, outside, effect = self._open.pop()
        if effect is not None and effect.anchor is not None:
            url, out, start = effect.anchor
            text = " ".join("".join(out[start:]).replace(_QUOTE_MARK, "").split())
            self._anchors.append(Anchor(url, text[: limits.MAX_LINK_TEXT_CHARACTERS]))
        if tag == "td" or tag == "th":  # noqa: PLR1714 - as above
            self._out.append(" ")
        elif tag in _BLOCKS:
            self._break()
            self._pre -= tag == "pre"
        if effect is not None:
            self._hiding -= effect.hides
            self._quoting -= effect.quotes
            self._repaint(outside)
        elif outside is not self._paint:
            self._repaint(outside)

    def _break(self, start: str = "") -> None:
        self._out.append(f"\n{_QUOTE_MARK}{start}" if self._quoting else f"\n{start}")

    def finish(self) -> HtmlText:
        hidden = " ".join("".join(self._hidden).replace(_QUOTE_MARK, "").split())
        return HtmlText(_tidy("".join(self._visible)), hidden, self._anchors)


def _one_line(text: str) -> str:
    return text.replace("\n", " ")


def _tidy(text: str) -> str:
    """No space at line ends, at most one blank line in a row, quote marks where there is something to quote."""
    kept: list[str] = []
    quoting = _QUOTE_MARK in text
    for line in text.split("\n"):
        words = " ".join((line.replace(_QUOTE_MARK, "") if quoting else line).split()) if line else ""
        if words:
            kept.append(f"> {words}" if line[0] == _QUOTE_MARK else words)
        elif kept and kept[-1]:
            kept.append("")
    return "\n".join(kept).strip()
