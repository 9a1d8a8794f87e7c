"""HTML as text that a person and the code finder can read, and what the HTML hides from the eye.

Blocks start lines, list items get a dash, table cells are set apart by a space, links keep their text. What is
hidden by style (display:none, zero size, white on white) is collected apart: senders put preheaders there, and
filler, and sometimes traps.
"""

import re
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

from message_parser.domain import limits

_BLOCKS = frozenset(
    """
    address article aside blockquote body center dd details dialog div dl dt fieldset figcaption figure footer form
    h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main nav ol p pre section summary table tbody tfoot thead tr ul
    """.split()  # noqa: SIM905 - forty names read better as text
)
_DROPPED = frozenset(
    (
        "head",
        "script",
        "style",
        "title",
        "template",
        "noscript",
        "object",
        "iframe",
        "svg",
        "math",
        "select",
        "textarea",
        "-comment",
    )
)
_HIDDEN_STYLE = re.compile(
    r"display:none|visibility:hidden|font-size:0(?:px|pt|em|%)?(?:[;!]|$)|max-height:0(?:px)?(?:[;!]|$)|opacity:0(?:\.0+)?(?:[;!]|$)"
    r"|mso-hide:all(?:[;!]|$)|text-indent:-\d{3,}|(?:left|top):-\d{4,}"
)
_SPACES = re.compile(r"[ \t\r\n\f\u00a0\u2007\u202f]+")


@dataclass(slots=True)
class Anchor:
    url: str
    text: str


@dataclass(slots=True)
class HtmlText:
    """`text`: visible, laid out. `hidden`: what the eye does not see. `anchors`: in order, hidden ones too."""

    text: str = ""
    hidden: str = ""
    anchors: list[Anchor] = field(default_factory=list)


def read_html(html: str) -> HtmlText:
    """Lay out `html` (its first 2 Mi characters)."""
    layout = _Layout()
    root = LexborHTMLParser(html[: limits.MAX_BODY_CHARACTERS]).root
    if root is not None:
        layout.walk(root)
    return layout.finish()


class _Layout:
    """One pass over the tree without recursion: depth is the sender's to choose."""

    def __init__(self) -> None:
        self._visible: list[str] = []
        self._hidden: list[str] = []
        self._hidden_by: int = 0
        self._anchors: list[Anchor] = []
        self._open_anchor: tuple[str, int] | None = None

    def walk(self, root: LexborNode) -> None:
        # Work list of (node, entering); leaving is scheduled before the children.
        work: list[tuple[LexborNode, bool]] = [(root, True)]
        while work:
            node, entering = work.pop()
            if not entering:
                self._leave(node)
                continue
            tag = node.tag
            if tag == "-text":
                self._text(node.text_content or "")
            elif tag not in _DROPPED and tag is not None:
                self._enter(node, tag)
                work.append((node, False))
                children = []
                child = node.child
                while child is not None:
                    children.append(child)
                    child = child.next
                work.extend((item, True) for item in reversed(children))

    def _text(self, text: str) -> None:
        (self._hidden if self._hidden_by else self._visible).append(_SPACES.sub(" ", text))

    def _enter(self, node: LexborNode, tag: str) -> None:
        attributes = node.attributes
        if self._hidden_by or _is_hidden(attributes):
            self._hidden_by += 1
            self._hidden.append(" ")
        out = self._hidden if self._hidden_by else self._visible
        if tag in _BLOCKS or tag == "br":
            out.append("\n- " if tag == "li" else "\n")
        elif tag in ("td", "th"):
            out.append(" ")
        elif tag == "a" and attributes.get("href"):
            self._open_anchor = (attributes["href"] or "", len(out))
        elif tag == "img" and attributes.get("alt"):
            out.append(f" {_SPACES.sub(' ', attributes['alt'] or '')} ")

    def _leave(self, node: LexborNode) -> None:
        tag = node.tag
        out = self._hidden if self._hidden_by else self._visible
        if tag == "a" and self._open_anchor:
            url, start = self._open_anchor
            self._anchors.append(Anchor(url, " ".join("".join(out[start:]).split())[: limits.MAX_LINK_TEXT_CHARACTERS]))
            self._open_anchor = None
        if tag in _BLOCKS:
            out.append("\n")
        elif tag in ("td", "th"):
            out.append(" ")
        if self._hidden_by:
            self._hidden_by -= 1

    def finish(self) -> HtmlText:
        return HtmlText(_tidy("".join(self._visible)), " ".join("".join(self._hidden).split()), self._anchors)


def _is_hidden(attributes: dict[str, str | None]) -> bool:
    if "hidden" in attributes:
        return True
    style = attributes.get("style")
    return bool(style) and _HIDDEN_STYLE.search("".join((style or "").lower().split())) is not None


def _tidy(text: str) -> str:
    """No space at line ends, at most one blank line in a row."""
    lines = [" ".join(line.split(" ")).strip() for line in text.split("\n")]
    kept: list[str] = []
    for line in lines:
        collapsed = _SPACES.sub(" ", line)
        if collapsed or (kept and kept[-1]):
            kept.append(collapsed)
    return "\n".join(kept).strip()
