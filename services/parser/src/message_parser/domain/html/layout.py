"""HTML as text that a person and the code finder can read, and what the HTML hides from the eye.

Blocks start lines, list items get a dash, table cells are set apart by a space, links keep their text. What is
hidden by style is collected apart: senders put preheaders there, and filler, and sometimes traps. Quoted older mail
(`blockquote type=cite`, Gmail's and Outlook's wrappers) gets a `>` before each line.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

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
# What an element puts before and after what it holds.
_BEFORE = dict.fromkeys((*_BLOCKS, "br"), "\n") | {"li": "\n- ", "td": " ", "th": " "}
_AFTER = dict.fromkeys(_BLOCKS, "\n") | {"td": " ", "th": " "}


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


# What an element does to all below it, undone when it is left: the paint outside and where text goes there, whether it
# hides, whether it quotes, and of a link its URL, where its text goes, and from where.
_Effect = tuple[Paint, list[str], bool, bool, tuple[str, list[str], int] | None]


class _Layout:
    """One pass over the tree without recursion: depth is the sender's to choose."""

    def __init__(self, hidden_classes: frozenset[str]) -> None:
        self._hidden_classes = hidden_classes
        self._visible: list[str] = []
        self._hidden: list[str] = []
        self._out = self._visible
        self._open: list[tuple[str, _Effect | None]] = []
        self._paint = Paint()
        self._hiding = 0
        self._quoting = 0
        self._pre = 0
        self._anchors: list[Anchor] = []
        self._painted: dict[tuple[Paint, str | None, str | None, str | None], tuple[bool, Paint]] = {}

    def walk(self, root: LexborNode) -> None:
        node = root
        above: list[LexborNode] = []
        while True:
            tag = node.tag or ""
            if tag == "-text":
                text = node.text_content or ""
                self._out.append(self._broken(text) if "\n" in text else text)
            elif tag not in _DROPPED:
                self._enter(node, tag)
                child = node.child
                if child is not None:
                    above.append(node)
                    node = child
                    continue
                self._leave()
            following = node.next if above else None
            while following is None:
                if not above:
                    return
                node = above.pop()
                self._leave()
                following = node.next if above else None
            node = following

    def _broken(self, text: str) -> str:
        if not self._pre:
            return text.replace("\n", " ")
        return _quoted(text) if self._quoting else text

    def _enter(self, node: LexborNode, tag: str) -> None:
        attributes = node.attributes
        self._open.append((tag, self._effect(attributes, tag) if attributes else None))
        before = _BEFORE.get(tag)
        if before is not None:
            self._out.append(_quoted(before) if self._quoting else before)
        if tag == "pre":
            self._pre += 1
        elif tag == "img" and (alternative := attributes.get("alt")):
            self._out.append(" " + alternative.replace("\n", " ") + " ")

    def _effect(self, attributes: dict[str, str | None], tag: str) -> _Effect | None:
        get = attributes.get
        outside, out = self._paint, self._out
        hides, paint = self._inside(get)
        hides = hides or "hidden" in attributes
        classes = get("class")
        quotes = tag == "blockquote" and get("type") == "cite"
        if classes:
            names = classes[:500].lower()
            quotes = quotes or names.startswith(_QUOTE_CLASSES)
            hides = hides or not self._hidden_classes.isdisjoint(names.split())
        href = get("href") if tag in ("a", "area") else None
        self._hiding += hides
        self._quoting += quotes
        if hides or paint != outside:
            self._paint = paint
            self._out = self._hidden if self._hiding or paint.hides_text else self._visible
        elif not quotes and not href:
            return None
        return outside, out, hides, quotes, (href, self._out, len(self._out)) if href else None

    def _inside(self, get: Callable[[str], str | None]) -> tuple[bool, Paint]:
        """Whether the style of these attributes hides, and its paint. Mails repeat few styles many times."""
        key = (self._paint, get("style"), get("bgcolor"), get("color"))
        known = self._painted.get(key)
        if known is None:
            outside, inline, background, colour = key
            style = visibility.read_style(inline or "", background or "", colour or "")
            known = self._painted[key] = (style.hides, style.over(outside))
        return known

    def _leave(self) -> None:
        tag, effect = self._open.pop()
        if effect is not None and effect[-1] is not None:
            url, out, start = effect[-1]
            text = " ".join("".join(out[start:]).replace(_QUOTE_MARK, "").split())
            self._anchors.append(Anchor(url, text[: limits.MAX_LINK_TEXT_CHARACTERS]))
        after = _AFTER.get(tag)
        if after is not None:
            self._out.append(_quoted(after) if self._quoting else after)
            self._pre -= tag == "pre"
        if effect is not None:
            self._paint, self._out, hides, quotes, _ = effect
            self._hiding -= hides
            self._quoting -= quotes

    def finish(self) -> HtmlText:
        hidden = " ".join("".join(self._hidden).replace(_QUOTE_MARK, "").split())
        return HtmlText(_tidy("".join(self._visible)), hidden, self._anchors)


def _quoted(text: str) -> str:
    return text.replace("\n", f"\n{_QUOTE_MARK}")


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
