"""Lays out markup as text, with what it hides and its links. Called by `engines`; the result goes to domain.stages.

Blocks start lines, list items get a dash, table cells are separated by a space, links keep their text. Text that styles
hide is collected apart: senders put preheaders there, and padding, and sometimes traps. Quoted older mail (`blockquote
type=cite`, the wrappers of Gmail and Outlook) gets a `>` before each line.

Markup is cut into texts and the runs of tags between them; `automaton` knows what a run of tags does.
"""

import re
from dataclasses import dataclass, field
from functools import cached_property

from message_parser.domain import limits
from message_parser.domain.html.automaton import HIDDEN, QUOTE_MARK, VISIBLE, Automaton, Output, State
from message_parser.domain.html.markup import Markup, resolve_references
from message_parser.domain.html.visibility import hidden_classes

# The last `>` of a run of tags, and the text after it. White space alone belongs to the run.
_TEXT = re.compile(r">(\s*+[^\s<][^<]*+)")
# What `str.split` takes for white space, except space and line feed, which are expected.
_ODD_ASCII = "\t\v\f\r\x1c\x1d\x1e\x1f"
_ODD_SPACE = re.compile(r"[\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]")
_automaton = Automaton()


@dataclass(slots=True)
class Anchor:
    url: str
    text: str


@dataclass
class HtmlText:
    """`visible`: what is shown, before white space is tidied. `hidden`: what styles hide.

    `anchors`: links in order, hidden ones too. `is_truncated`: it passed a bound (`bounds`); the rest was not read.
    """

    visible: str = ""
    hidden: str = ""
    anchors: list[Anchor] = field(default_factory=list)
    is_truncated: bool = False

    @cached_property
    def text(self) -> str:
        """What is shown, laid out. Computed on demand: most mails say the same in a text part."""
        return _tidy(self.visible)


def lay_out(markup: Markup, root: str | None) -> HtmlText:
    """`root`: see Automaton.start. Raises NeedsRepair for markup that is read strictly and is not strictly nested."""
    layout = _Layout()
    layout.read(markup, _automaton.start(root, hidden_classes("\n".join(markup.sheets))))
    return layout.finish()


class _Layout:
    """One pass over the markup without recursion, because the sender chooses the depth."""

    def __init__(self) -> None:
        self._streams: tuple[list[str], list[str]] = ([], [])
        self._links: list[tuple[str, int, int]] = []
        self._anchors: list[Anchor] = []

    def read(self, markup: Markup, state: State) -> None:
        streams = self._streams
        source = markup.text if markup.keeps_lines else markup.text.replace("\n", " ")
        # The mark in front allows a text before the first tag.
        *pieces, last = _TEXT.split(f">{source}")
        for run, text in zip(pieces[::2], pieces[1::2], strict=True):
            state, visible, outputs = state.transitions.get(run) or _automaton.follow(state, run)
            if visible:
                streams[VISIBLE].append(visible)
            elif outputs:
                self._put_out(outputs)
            if state.stream is not None:
                streams[state.stream].append(state.render(text) if markup.keeps_lines else text)
        self._put_out(_automaton.follow(state, last, ends=True).outputs)

    def _put_out(self, outputs: list[Output]) -> None:
        for stream, text, url in outputs:
            if text:
                self._streams[stream].append(text)
            elif url is not None:
                self._links.append((url, stream, len(self._streams[stream])))
            else:
                self._end_link()

    def _end_link(self) -> None:
        """End the innermost open link."""
        url, stream, start = self._links.pop()
        text = " ".join(_plain(self._streams[stream][start:]).replace(QUOTE_MARK, "").split())
        self._anchors.append(Anchor(url, text[: limits.MAX_LINK_TEXT_CHARACTERS]))

    def finish(self) -> HtmlText:
        while self._links:
            self._end_link()
        hidden = " ".join(_plain(self._streams[HIDDEN]).replace(QUOTE_MARK, "").split())
        return HtmlText(_plain(self._streams[VISIBLE]), hidden, self._anchors)


def _plain(stream: list[str]) -> str:
    """The texts joined. References are resolved in each text alone: none continues behind a tag."""
    joined = "".join(stream)
    return "".join(map(resolve_references, stream)) if "&" in joined else joined


def _tidy(text: str) -> str:
    """No space at line ends, at most one blank line in a row, quote marks on lines that quote something."""
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
