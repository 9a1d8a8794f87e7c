"""Lays out markup as text, with what it hides and its links. Called by `engines`; the result goes to domain.stages.

Blocks start lines, list items get a dash, table cells are separated by a space, links keep their text. Text that styles
hide is collected apart: senders put preheaders there, and padding, and sometimes traps. Quoted older mail (`blockquote
type=cite`, the wrappers of Gmail and Outlook) gets a `>` before each line.

Markup is cut into texts and the runs of tags between them; `automaton` knows what a run of tags does.
"""

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from message_parser.domain import limits
from message_parser.domain.html import emphasis, slots
from message_parser.domain.html.automaton import (
    BASE,
    BOX,
    BOX_END,
    BUTTON,
    EMPHASIS,
    HIDDEN,
    PLAINNESS,
    QUOTE_MARK,
    VISIBLE,
    Automaton,
    Output,
    State,
    shown,
)
from message_parser.domain.html.markup import MARKS, Markup, resolve_references, value_of
from message_parser.domain.html.visibility import hidden_classes

# The last `>` of a run of tags, and the text after it. White space alone belongs to the run: only HTML's (WHATWG Infra,
# section 4.6), because a browser moves any other out of tables.
_TEXT = re.compile(r">([ \t\n\f\r]*+[^ \t\n\f\r<][^<]*+)")
# What `str.split` takes for white space, except space and line feed, which are expected.
_ODD_ASCII = "\t\v\f\r\x1c\x1d\x1e\x1f"
_ODD_SPACE = re.compile(r"[\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]")
_automaton = Automaton()
_MARKS = str.maketrans("", "", MARKS)
_ONLY_A_BUTTON_BEFORE = re.compile(f"{BUTTON}[\\s{EMPHASIS}{BOX}{BUTTON}]*$")
_ONLY_AN_END_AFTER = re.compile(f"[\\s{PLAINNESS}{EMPHASIS}]*{BOX_END}")
_SENTENCE_CHARACTERS = 160
_REACH, _SEARCHED_CHARACTERS = 12, 400  # pieces and characters to either side of a link that are looked at
_LATE = 0.75
# Of a link's content, read for its text: several times what limits.MAX_LINK_TEXT_CHARACTERS keeps, because references,
# marks and indentation fall away. Links can be nested so that the rest of the mail is the content of each.
_LINK_PIECES, _LINK_CHARACTERS = 1_000, 4_096
_COLONS = 20


class Anchor(NamedTuple):
    """A link as written. `start`, `end`: its pieces in the stream `stream` (`Surroundings` reads what is around it)."""

    url: str
    text: str
    stream: int = HIDDEN
    start: int = 0
    end: int = 0


class Surroundings(NamedTuple):
    """What is around a link. `before`, `after`: the words of its block, up to the next link on that side.

    `above`: the nearest block above, when its own block has neither words nor links before it. `is_late`: it stands in
    the last quarter.
    """

    before: str = ""
    after: str = ""
    above: str = ""
    is_button: bool = False
    is_late: bool = False


@dataclass
class HtmlText:
    """`visible`: what is shown, before white space is tidied, with marks of `automaton`. `hidden`: what styles hide.

    `anchors`: links in order, hidden ones too. `base`: of relative links, as written; "" without one. `is_truncated`:
    it passed a bound (`bounds`); the rest was not read. `pieces`: of `visible`, as written.
    """

    visible: str = ""
    hidden: str = ""
    anchors: list[Anchor] = field(default_factory=list)
    base: str = ""
    is_truncated: bool = False
    pieces: list[str] = field(default_factory=list)

    @cached_property
    def _tidied(self) -> tuple[str, list[tuple[int, int]]]:
        visible = self.visible
        if any(mark in visible for mark in (BOX, BUTTON, BOX_END)):
            visible = emphasis.of_small_boxes(visible)
        if EMPHASIS not in visible:
            return _tidy(visible), []
        return emphasis.taken_out(_tidy(emphasis.next_to_words(visible)))

    @property
    def text(self) -> str:
        """What is shown, laid out. Computed on demand: most mails say the same in a text part."""
        return self._tidied[0]

    @property
    def words(self) -> str:
        """What is shown, with white space as it comes: much cheaper than `text`."""
        words = self.visible
        for mark in MARKS:
            words = words.replace(mark, "")
        return words

    @property
    def shows_url(self) -> bool:
        """Whether `://` is shown. Colons are few, and a single character is found many times faster than three."""
        visible, position = self.visible, -1
        for _ in range(_COLONS):
            position = visible.find(":", position + 1)
            if position < 0:
                return False
            if visible.startswith("://", position):
                return True
        return "://" in visible

    @property
    def emphasised(self) -> list[tuple[int, int]]:
        """The ranges of `text` that stand out: large, bold, spaced or fixed-width letters, or a box of their own."""
        return self._tidied[1]

    def around(self, index: int) -> Surroundings:
        """What is around the link `anchors[index]`; computed on demand, in bounded time. Nothing for hidden links."""
        anchors, pieces = self.anchors, self.pieces
        _, _, stream, start, end = anchors[index]
        if stream != VISIBLE:
            return _NOWHERE
        lowest, highest = 0, len(pieces)
        if index and anchors[index - 1].stream == VISIBLE:
            lowest = anchors[index - 1].end
        if index + 1 < len(anchors) and anchors[index + 1].stream == VISIBLE:
            highest = anchors[index + 1].start
        lead = "".join(pieces[max(lowest, start - _REACH) : start])[-_SEARCHED_CHARACTERS:]
        tail = "".join(pieces[end : min(highest, end + _REACH)])[:_SEARCHED_CHARACTERS]
        blocks, line_end, own = lead.rpartition("\n")
        before = _words(own)
        above = ""
        if not before and (line_end or not lowest):
            above = next(filter(None, map(_words, reversed(blocks.split("\n")))), "")
        return Surroundings(
            before[-_SENTENCE_CHARACTERS:],
            _words(tail.partition("\n")[0])[:_SENTENCE_CHARACTERS],
            above[-_SENTENCE_CHARACTERS:],
            _is_button(lead, pieces[start], tail) if start < end else False,
            start > _LATE * len(pieces),
        )

    def cut_at_links(self, cut: str) -> str | None:
        """The words that are shown, with cuts where links begin and end: before the first, in it, before the next.

        Of a hidden link only its text. None when links are nested, or a hidden one is beside a visible one, because
        `around` then looks beyond it.
        """
        pieces, position, join = self.pieces, 0, "".join
        stretches: list[str] = []
        kind = self.anchors[0].stream if self.anchors else VISIBLE
        for _, text, stream, start, end in self.anchors:
            if stream != kind or start < position:
                return None
            if stream == VISIBLE:
                stretches += (join(pieces[position:start]), join(pieces[start:end]))
                position = end
            else:
                stretches += ("", text)
        whole = cut.join([*stretches, join(pieces[position:])]).translate(_MARKS)
        return resolve_references(whole) if "&" in whole else whole


_NOWHERE = Surroundings()


def _words(raw: str) -> str:
    if not raw or raw.isspace():
        return ""
    text = raw.translate(_MARKS)
    return " ".join((resolve_references(text) if "&" in text else text).split())


def _is_button(before: str, own: str, after: str) -> bool:
    """Whether the link, or the element that holds nothing else, looks like a button."""
    if BUTTON in own and own.lstrip(f" \n{EMPHASIS}{PLAINNESS}{BOX}").startswith(BUTTON):
        return True
    if BUTTON not in before or BOX_END not in after:
        return False
    return bool(_ONLY_A_BUTTON_BEFORE.search(before[-60:]) and _ONLY_AN_END_AFTER.match(after[:60]))


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
        self._bases: list[str] = []
        # The values that marks in the runs stand for, and how many of each the runs so far have taken.
        self._values = slots.Taken([], [], [])
        self._links_taken = self._alts_taken = 0

    def read(self, markup: Markup, state: State) -> None:
        streams = self._streams
        source = markup.text if markup.keeps_lines else markup.text.replace("\n", " ")
        # The mark in front allows a text before the first tag.
        pieces = _TEXT.split(f">{source}")
        self._values = slots.take_out(pieces[::2])
        *runs, last = self._values.runs
        for run, text in zip(runs, pieces[1::2], strict=True):
            state, visible, outputs, taken = state.transitions.get(run) or _automaton.follow(state, run)
            if visible:
                streams[VISIBLE].append(visible)
            elif outputs:
                self._put_out(outputs)
            if taken:
                self._links_taken += taken[0]
                self._alts_taken += taken[1]
            if state.stream is not None:
                streams[state.stream].append(state.render(text) if markup.keeps_lines else text)
        self._put_out(_automaton.follow(state, last, ends=True).outputs)

    def _put_out(self, outputs: list[Output]) -> None:
        for stream, text, url, link in outputs:
            if text:
                filled = self._filled(text) if slots.ALT in text else text
                if filled:
                    self._streams[stream].append(filled)
            elif url is None:
                self._end_link()
            else:
                own = url if link < 0 else value_of(self._values.links[self._links_taken + link])
                if stream == BASE:
                    self._bases.append(own)
                else:
                    self._links.append((own, stream, len(self._streams[stream])))

    def _filled(self, text: str) -> str:
        """A text with the values of its mail in place of the marks."""
        filled, *rest = text.split(slots.ALT)
        values, taken = self._values.alts, self._alts_taken
        for following in rest:
            value = value_of(values[taken + slots.number_of(following[0])])
            filled += (shown(value) if value else "") + following[1:]
        return filled

    def _end_link(self) -> None:
        """End the innermost open link."""
        url, stream, start = self._links.pop()
        pieces = self._streams[stream]
        end = len(pieces)
        if end == start + 1 and len(pieces[start]) <= limits.MAX_LINK_TEXT_CHARACTERS and pieces[start].isprintable():
            written = pieces[start]
            text = " ".join((resolve_references(written) if "&" in written else written).split())
        else:
            text = " ".join(_plain(_beginning(pieces, start)).translate(_MARKS).split())
        self._anchors.append(Anchor(url, text[: limits.MAX_LINK_TEXT_CHARACTERS], stream, start, end))

    def finish(self) -> HtmlText:
        while self._links:
            self._end_link()
        hidden = " ".join(_plain(self._streams[HIDDEN]).replace(QUOTE_MARK, "").split())
        visible = self._streams[VISIBLE]
        base = self._bases[0] if self._bases else ""
        return HtmlText(_plain(visible), hidden, self._anchors, base, pieces=visible)


def _beginning(pieces: list[str], start: int) -> list[str]:
    """The pieces from `start` on, at most _LINK_PIECES and _LINK_CHARACTERS of them."""
    kept: list[str] = []
    room = _LINK_CHARACTERS
    for piece in pieces[start : start + _LINK_PIECES]:
        kept.append(piece[:room])
        room -= len(piece)
        if room <= 0:
            break
    return kept


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
