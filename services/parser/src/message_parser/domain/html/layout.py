"""HTML as text that a person and the code finder can read, and what the HTML hides from the eye.

Blocks start lines, list items get a dash, table cells are set apart by a space, links keep their text. What is
hidden by style is collected apart: senders put preheaders there, and filler, and sometimes traps. Quoted older mail
(`blockquote type=cite`, Gmail's and Outlook's wrappers) gets a `>` before each line.

Markup is cut into texts and the runs of tags between them. What a run does where it stands is worked out once, kept in
html.places, and looked up from then on: a mail repeats few runs many times, and a sender few mails.
"""

import re
from dataclasses import dataclass, field
from functools import cached_property

from message_parser.domain import limits
from message_parser.domain.html import nesting, visibility
from message_parser.domain.html.bounds import cut
from message_parser.domain.html.markup import Markup, as_written, in_plain, mended
from message_parser.domain.html.places import HIDDEN, QUOTE_MARK, VISIBLE, Part, Place, Places
from message_parser.errors import NeedsMending

# The last `>` of a run of tags, and the text after it. White space alone belongs to the run.
_TEXT = re.compile(r">(\s*+[^\s<][^<]*+)")
# What `str.split` takes for white space, but for the two that are expected.
_ODD_ASCII = "\t\v\f\r\x1c\x1d\x1e\x1f"
_ODD_SPACE = re.compile(r"[\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]")
# What is longer is no mail that a tool made, and would be read twice for nothing.
_LONGEST_AS_WRITTEN = 256 * 1024
_places = Places()


@dataclass(slots=True)
class Anchor:
    url: str
    text: str


@dataclass
class HtmlText:
    """`seen`: what the eye sees, not yet tidy. `hidden`: what it does not see. `anchors`: in order, hidden ones too.

    `cut`: it passed a bound (html.bounds), and the rest was not read.
    """

    seen: str = ""
    hidden: str = ""
    anchors: list[Anchor] = field(default_factory=list)
    cut: bool = False

    @cached_property
    def text(self) -> str:
        """What the eye sees, laid out. Worked out when it is asked for: most mails say the same in a text part."""
        return _tidy(self.seen)


def read_html(html: str) -> HtmlText:
    """Lay out `html` (its first 2 Mi characters)."""
    shallow = cut(html[: limits.MAX_BODY_CHARACTERS])
    try:
        laid_out = lay_out_as_written(shallow)
    except NeedsMending:
        laid_out = lay_out_mended(shallow)
    laid_out.cut = len(shallow) < min(len(html), limits.MAX_BODY_CHARACTERS)
    return laid_out


def lay_out_as_written(html: str) -> HtmlText:
    """Raises NeedsMending for markup that a browser would understand otherwise than it is nested."""
    if len(html) > _LONGEST_AS_WRITTEN:
        raise NeedsMending
    markup = as_written(html)
    return _lay_out(markup, nesting.outermost(markup.text))


def lay_out_mended(html: str) -> HtmlText:
    return _lay_out(mended(html), "")


def _lay_out(markup: Markup, outermost: str) -> HtmlText:
    layout = _Layout()
    layout.read(markup, _places.outermost(outermost, visibility.hidden_classes("\n".join(markup.sheets))))
    return layout.finish()


class _Layout:
    """One pass over the markup without recursion: depth is the sender's to choose."""

    def __init__(self) -> None:
        self._streams: tuple[list[str], list[str]] = ([], [])
        self._links: list[tuple[str, int, int]] = []
        self._anchors: list[Anchor] = []

    def read(self, markup: Markup, place: Place) -> None:
        streams = self._streams
        source = markup.text if markup.keeps_lines else markup.text.replace("\n", " ")
        # The mark in front lets a text come before the first tag.
        *pieces, last = _TEXT.split(f">{source}")
        for run, text in zip(pieces[::2], pieces[1::2], strict=True):
            step = place.steps.get(run) or _places.follow(place, run)
            place, seen, parts = step
            if seen:
                streams[VISIBLE].append(seen)
            elif parts:
                self._put_out(parts)
            if place.stream is not None:
                streams[place.stream].append(place.laid(text) if markup.keeps_lines else text)
        self._put_out(_places.follow(place, last, ends=True).parts)

    def _put_out(self, parts: list[Part]) -> None:
        for stream, text, url in parts:
            if text:
                self._streams[stream].append(text)
            else:
                self._turn_link(url, stream)

    def _turn_link(self, url: str | None, stream: int) -> None:
        """A link begins, or without a URL the innermost one ends."""
        if url is not None:
            self._links.append((url, stream, len(self._streams[stream])))
            return
        url, stream, start = self._links.pop()
        text = " ".join(_plain(self._streams[stream][start:]).replace(QUOTE_MARK, "").split())
        self._anchors.append(Anchor(url, text[: limits.MAX_LINK_TEXT_CHARACTERS]))

    def finish(self) -> HtmlText:
        while self._links:
            self._turn_link(None, VISIBLE)
        hidden = " ".join(_plain(self._streams[HIDDEN]).replace(QUOTE_MARK, "").split())
        return HtmlText(_plain(self._streams[VISIBLE]), hidden, self._anchors)


def _plain(stream: list[str]) -> str:
    """The texts joined. Each is resolved for itself: a reference never goes on behind a tag."""
    joined = "".join(stream)
    return "".join(map(in_plain, stream)) if "&" in joined else joined


def _tidy(text: str) -> str:
    """No space at line ends, at most one blank line in a row, quote marks where there is something to quote."""
    kept: list[str] = []
    quoting = QUOTE_MARK in text
    odd = quoting or _has_odd_space(text)
    for line in text.split("\n"):
        words = line.strip()
        if odd or "  " in words:
            words = " ".join((line.replace(QUOTE_MARK, "") if quoting else line).split())
        if words:
            kept.append(f"> {words}" if quoting and line[0] == QUOTE_MARK else words)
        elif kept and kept[-1]:
            kept.append("")
    return "\n".join(kept).strip()


def _has_odd_space(text: str) -> bool:
    return any(map(text.__contains__, _ODD_ASCII)) or (not text.isascii() and _ODD_SPACE.search(text) is not None)
