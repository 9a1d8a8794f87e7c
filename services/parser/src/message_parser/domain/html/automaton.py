"""The state machine behind `layout`: which elements are open, and what a run of tags does in that state.

States and transitions are computed when they first occur and kept for the mails that follow, because a mail repeats few
runs of tags many times, and a sender few mails. Past a bound on memory everything is dropped.
"""

from itertools import groupby
from sys import getsizeof
from typing import NamedTuple

from message_parser.domain.html import bounds, nesting, prominence, slots, visibility
from message_parser.domain.html.markup import MARKS, Tag, is_plain, read_tag
from message_parser.domain.html.nesting import NeedsRepair
from message_parser.domain.html.prominence import PLAIN, Font
from message_parser.domain.html.visibility import Colours, Style

VISIBLE, HIDDEN = 0, 1
"""The two streams of text."""
BASE = 2
"""A stream that takes no text but the URL of `base`."""
QUOTE_MARK, EMPHASIS, PLAINNESS, BOX, BUTTON, BOX_END = tuple(MARKS)
"""EMPHASIS, PLAINNESS: around text that stands out in the visible stream; the other way round for plain text inside it.

BOX, BUTTON, BOX_END: around an element with a background or border of its own; BUTTON: one that looks like a button.
"""
_BLOCKS = frozenset(
    """
    address article aside blockquote body center dd details dialog div dl dt fieldset figcaption figure footer form
    h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main nav ol p pre section summary table tbody tfoot thead tr ul
    """.split()  # noqa: SIM905 - forty names read better as text
)
_DROPPED = frozenset(("head", "title", "template", "noscript", "object", "svg", "math", "select", "textarea"))
_BOXES = frozenset("a button code div p span table tbody td th tr".split())  # noqa: SIM905
_WHITE = "ffffff"
_SHOWN_INPUTS = frozenset(("", "text", "number", "tel"))
_READABLE_INPUTS = frozenset(("email", "url", "search"))
_QUOTE_CLASSES = ("gmail_quote", "yahoo_quoted", "moz-cite-prefix", "protonmail_quote")
# What an element puts out before and after its content.
_BEFORE = dict.fromkeys((*_BLOCKS, "br"), "\n") | {"li": "\n- ", "td": " ", "th": " "}
_AFTER = dict.fromkeys(_BLOCKS, "\n") | {"td": " ", "th": " "}
_MAX_KEPT_OCTETS = 8 * 1024 * 1024
# What a state, a transition and a class take beside their text, which can be short.
_STATE_OCTETS, _TRANSITION_OCTETS, _CLASS_OCTETS = 1_000, 400, 100
_MAX_STYLE_CHARACTERS = 2_000


class Output(NamedTuple):
    """A text for a stream. Without a text: a link begins there, or ends when there is no `url` either.

    A text may hold numbered marks of `slots`. `link`: where `url` is a mark, its number among the URLs of the run.
    """

    stream: int
    text: str = ""
    url: str | None = None
    link: int = -1


class Transition(NamedTuple):
    """What a run of tags does: the state after it, and what is put out on the way.

    `visible`: the visible text, when that is all there is; nearly every run is of this kind. `slots`: how many URLs and
    texts of images the run takes from those of its mail; None for none.
    """

    state: "State"
    visible: str
    outputs: list[Output]
    slots: tuple[int, int] | None = None


class State:
    """A stack of open elements: its innermost element, and what all of them together do to a text.

    `stream`: where a text goes; None when it is dropped. `on_entry`: what is put out when the element begins.
    `emphasis`: whether the visible stream is within EMPHASIS. `box`: the mark of a box that begins with the element.
    `children`: the states one element deeper, by the tag that leads there. `transitions`: by the run of tags. Both hold
    what has occurred so far. `is_strict`: raise NeedsRepair where a browser would repair the markup,
    and where it is nested as deep as no mail is.
    """

    __slots__ = (
        *(
            "box",
            "children",
            "colours",
            "depth",
            "emphasis",
            "font",
            "hidden_classes",
            "hides",
            "in_link",
            "in_paragraph",
        ),
        *("is_link", "is_quoted", "is_strict", "is_tiny", "is_void", "keeps_lines", "name", "on_entry", "parent"),
        *("stream", "transitions"),
    )

    def __init__(self, parent: "State | None", name: str, hidden_classes: frozenset[str]) -> None:
        self.parent = parent
        self.name = name
        self.depth: int = parent.depth + 1 if parent else 0
        self.hidden_classes = hidden_classes
        self.stream: int | None = VISIBLE
        self.colours = Colours()
        self.hides = self.is_tiny = self.is_quoted = self.keeps_lines = self.is_strict = False
        self.in_link = self.in_paragraph = False
        self.is_void = self.is_link = self.emphasis = False
        self.box = ""
        self.font: Font = PLAIN
        self.on_entry: list[Output] = []
        self.children: dict[str, State] = {}
        self.transitions: dict[str, Transition] = {}

    def render(self, text: str) -> str:
        """A text as it is put out in this state."""
        if not self.keeps_lines:
            return text.replace("\n", " ")
        return _quoted(text) if self.is_quoted else text


class Automaton:
    """All states met so far, below one start state for each root and set of hidden classes."""

    def __init__(self) -> None:
        self._starts: dict[tuple[str | None, frozenset[str]], State] = {}
        self._kept_octets = 0

    def start(self, root: str | None, hidden_classes: frozenset[str]) -> State:
        """The state before the first tag. `root`: `nesting.root_of` markup that is read strictly; None for repaired."""
        if self._kept_octets > _MAX_KEPT_OCTETS:
            self._starts.clear()
            self._kept_octets = 0
        state = self._starts.get((root, hidden_classes))
        if state is None:
            state = self._starts[root, hidden_classes] = State(None, root or "", hidden_classes)
            state.is_strict = root is not None
            self._kept_octets += _STATE_OCTETS + sum(len(name) + _CLASS_OCTETS for name in hidden_classes)
        return state

    def follow(self, state: State, run: str, *, ends: bool = False) -> Transition:
        """What a run of tags does, white space between them included. `ends`: nothing comes after it; all is closed.

        Raises NeedsRepair in a strict state when a browser would do something else.
        """
        outputs: list[Output] = []
        start = state
        links = alts = 0
        for piece in run.split(">"):
            space, _, tag = piece.partition("<")
            if space and state.stream is not None:
                outputs.append(Output(state.stream, state.render(space)))
            if tag.startswith("/"):
                state = _leave(state, tag[1:], outputs)
            elif tag:
                begun = len(outputs)
                state = self._enter(state, tag, outputs)
                if slots.LINK in tag or slots.ALT in tag:
                    outputs[begun:] = [_numbered(output, links, alts) for output in outputs[begun:]]
                    links, alts = links + tag.count(slots.LINK), alts + tag.count(slots.ALT)
        while ends and state.parent is not None:
            _end(state, outputs)
            state = state.parent
        outputs = _joined(outputs)
        only_visible = len(outputs) == 1 and outputs[0].stream == VISIBLE and slots.ALT not in outputs[0].text
        taken = (links, alts) if links or alts else None
        transition = Transition(state, outputs[0].text if only_visible else "", outputs, taken)
        if not ends:
            if state.is_strict and not nesting.takes_text(state.name):
                raise NeedsRepair
            if self._has_room(_TRANSITION_OCTETS, run):
                start.transitions[run] = transition
        return transition

    def _has_room(self, octets: int, key: str) -> bool:
        """Whether to keep what `key` leads to, of that size beside its text, which is kept as key and as attributes.

        Markup that never repeats itself must not fill the memory.
        """
        self._kept_octets += octets + 2 * getsizeof(key)
        return self._kept_octets <= _MAX_KEPT_OCTETS

    def _enter(self, parent: State, tag: str, outputs: list[Output]) -> State:
        state = parent.children.get(tag)
        if state is None:
            read = read_tag(tag)
            if parent.is_strict and not (
                is_plain(tag) and _fits(read.name, parent) and parent.depth < bounds.MAX_DEPTH
            ):
                raise NeedsRepair
            state = _inside(parent, read)
            if self._has_room(_STATE_OCTETS, tag):
                parent.children[tag] = state
        outputs += state.on_entry
        if state.is_void:
            _end(state, outputs)
            return parent
        return state


def _fits(name: str, parent: State) -> bool:
    return nesting.fits(name, parent.name, in_paragraph=parent.in_paragraph, in_link=parent.in_link)


def _inside(parent: State, tag: Tag) -> State:
    """The state inside a new element."""
    state = State(parent, tag.name, parent.hidden_classes)
    state.is_strict = parent.is_strict
    state.is_void = tag.is_void
    state.in_link = parent.in_link or tag.name == "a"
    state.in_paragraph = parent.in_paragraph or tag.name == "p"
    get = tag.attributes.get
    if tag.name == "base" and (parent.stream is not None or parent.name == "head") and (url := get("href")) is not None:
        state.on_entry.append(Output(BASE, url=url))
    if parent.stream is None or tag.name in _DROPPED:
        state.stream = None
        return state
    style = visibility.read_style(*(get(name, "")[:_MAX_STYLE_CHARACTERS] for name in ("style", "bgcolor", "color")))
    classes = get("class", "")[:500].lower()
    state.keeps_lines = parent.keeps_lines or tag.name == "pre"
    state.colours = style.over(parent.colours)
    state.hides = (
        parent.hides
        or style.hides
        or "hidden" in tag.attributes
        or not parent.hidden_classes.isdisjoint(classes.split())
    )
    state.is_quoted = (
        parent.is_quoted or classes.startswith(_QUOTE_CLASSES) or (tag.name == "blockquote" and get("type") == "cite")
    )
    state.is_tiny = parent.is_tiny if style.is_tiny is None else style.is_tiny
    state.stream = HIDDEN if state.hides or state.is_tiny or state.colours.hide_text else VISIBLE
    _set_prominence(state, parent, tag, style)
    if tag.name in ("a", "area") and (url := get("href")):
        state.is_link = True
        state.on_entry.append(Output(state.stream, url=url))
    if (before := _BEFORE.get(tag.name)) is not None:
        state.on_entry.append(Output(state.stream, _quoted(before) if state.is_quoted else before))
    if state.box:
        state.on_entry.append(Output(VISIBLE, state.box))
    if (value := _shown_value(tag)) is not None:
        state.on_entry.append(Output(state.stream, value if value == slots.ALT else shown(value)))
    if state.stream == VISIBLE and state.emphasis != parent.emphasis:
        state.on_entry.append(Output(VISIBLE, EMPHASIS if state.emphasis else PLAINNESS))
    return state


def _set_prominence(state: State, parent: State, tag: Tag, style: Style) -> None:
    get = tag.attributes.get
    written = get("style", "")[:_MAX_STYLE_CHARACTERS]
    size = get("size", "")[:10] if tag.name == "font" else ""
    state.font = prominence.read_font(tag.name, written, size, parent.font)
    if state.stream != VISIBLE:
        state.emphasis = parent.emphasis
        return
    state.emphasis = state.font != PLAIN
    if tag.name not in _BOXES:
        return
    has_border = prominence.has_border(written)
    is_painted = style.background is not None and style.background != parent.colours.background
    if is_painted and style.background == _WHITE and not prominence.is_paint(parent.colours.background):
        is_painted = False  # the white sheet on the grey ground of most layouts
    is_button = (
        tag.name == "button"
        or has_border
        or (is_painted and prominence.is_paint(state.colours.background))
        or prominence.is_button_class(get("class", "")[:500].lower())
    )
    if is_button or is_painted:
        state.box = BUTTON if is_button else BOX


def _shown_value(tag: Tag) -> str | None:
    """The text that an image or an input field shows; None for other elements and for none."""
    get = tag.attributes.get
    if tag.name == "img":
        return get("alt") or None
    if tag.name != "input":
        return None
    kind = get("type", "").strip().lower()
    is_shown = kind in _SHOWN_INPUTS or (kind in _READABLE_INPUTS and "readonly" in tag.attributes)
    return (get("value") or None) if is_shown else None


def _leave(state: State, name: str, outputs: list[Output]) -> State:
    """End the innermost element of that name and all inside it; no change when there is none."""
    ended: State | None = state
    if state.is_strict and state.name != name:
        raise NeedsRepair
    while ended is not None and ended.name != name:
        ended = ended.parent
    if ended is None or ended.parent is None:
        return state
    while state is not ended:
        _end(state, outputs)
        state = state.parent or ended
    _end(state, outputs)
    return ended.parent


def _end(state: State, outputs: list[Output]) -> None:
    if state.stream is None:
        return
    if state.stream == VISIBLE and state.parent is not None and state.emphasis != state.parent.emphasis:
        outputs.append(Output(VISIBLE, PLAINNESS if state.emphasis else EMPHASIS))
    if state.box:
        outputs.append(Output(VISIBLE, BOX_END))
    if state.is_link:
        outputs.append(Output(state.stream))
    after = _AFTER.get(state.name)
    if after is not None:
        outputs.append(Output(state.stream, _quoted(after) if state.is_quoted else after))


def _joined(outputs: list[Output]) -> list[Output]:
    """Neighbouring texts of one stream as one."""
    joined: list[Output] = []
    for (stream, is_text), group in groupby(outputs, key=lambda output: (output.stream, output.text != "")):
        if is_text:
            joined.append(Output(stream, "".join([output.text for output in group])))
        else:
            joined += group
    return joined


def _quoted(text: str) -> str:
    return text.replace("\n", f"\n{QUOTE_MARK}")


def shown(value: str) -> str:
    """An attribute's value that an element shows as a text of its own."""
    return " " + value.replace("\n", " ").replace("&", "&amp;") + " "


def _numbered(output: Output, link: int, alt: int) -> Output:
    """What a tag puts out, with the number of its link and of its text among those of the run."""
    if output.url == slots.LINK:
        return output._replace(link=link)
    return output._replace(text=slots.numbered(output.text, alt)) if output.text == slots.ALT else output
