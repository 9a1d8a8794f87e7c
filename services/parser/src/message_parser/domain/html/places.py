"""Where texts stand: what the elements open around them do to them, and where runs of tags lead from there.

Used by html.layout alone. What was worked out for one mail serves the next ones; all of it is forgotten past a bound.
"""

from itertools import groupby
from typing import NamedTuple

from message_parser.domain.html import nesting, visibility
from message_parser.domain.html.markup import Tag, is_plain, read_tag
from message_parser.domain.html.visibility import Paint
from message_parser.errors import NeedsMending

VISIBLE, HIDDEN = 0, 1
"""The two streams of text."""
QUOTE_MARK = "\x01"
_BLOCKS = frozenset(
    """
    address article aside blockquote body center dd details dialog div dl dt fieldset figcaption figure footer form
    h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main nav ol p pre section summary table tbody tfoot thead tr ul
    """.split()  # noqa: SIM905 - forty names read better as text
)
_DROPPED = frozenset(("head", "title", "template", "noscript", "object", "svg", "math", "select", "textarea"))
_QUOTE_CLASSES = ("gmail_quote", "yahoo_quoted", "moz-cite-prefix", "protonmail_quote")
# What an element puts before and after what it holds.
_BEFORE = dict.fromkeys((*_BLOCKS, "br"), "\n") | {"li": "\n- ", "td": " ", "th": " "}
_AFTER = dict.fromkeys(_BLOCKS, "\n") | {"td": " ", "th": " "}
_MAX_KEPT_CHARACTERS = 1024 * 1024
_MAX_STYLE_CHARACTERS = 2_000


class Part(NamedTuple):
    """A text for a stream; without a text a link begins there, or without a URL ends."""

    stream: int
    text: str = ""
    url: str | None = None


class Step(NamedTuple):
    """What a run of tags does: where the text after it stands, and what is put out on the way.

    `seen`: the visible text, where nothing else is put out; nearly every run is of that kind.
    """

    place: "Place"
    seen: str
    parts: list[Part]


class Place:
    """The innermost open element, and what all that are open do to a text.

    `stream`: None inside what is no content. `entry`: what is put out when the element begins. `below`: elements by
    their tag, `steps`: where runs of tags lead, both as far as they were met.
    """

    __slots__ = (
        *("above", "below", "entry", "hidden_classes", "hides", "in_link", "in_paragraph", "is_link", "is_strict"),
        *("is_void", "name", "paint", "pre", "quotes", "steps", "stream"),
    )

    def __init__(self, above: "Place | None", name: str, hidden_classes: frozenset[str]) -> None:
        self.above = above
        self.name = name
        self.hidden_classes = hidden_classes
        self.stream: int | None = VISIBLE
        self.paint = Paint()
        self.hides = self.quotes = self.pre = self.is_strict = self.in_link = self.in_paragraph = False
        self.is_void = self.is_link = False
        self.entry: list[Part] = []
        self.below: dict[str, Place] = {}
        self.steps: dict[str, Step] = {}

    def laid(self, text: str) -> str:
        """A text as it is put out here."""
        if not self.pre:
            return text.replace("\n", " ")
        return _quoted(text) if self.quotes else text


class Places:
    """All places that were met, below one outermost place for each kind of markup and set of hidden classes."""

    def __init__(self) -> None:
        self._outermost: dict[tuple[str, frozenset[str]], Place] = {}
        self._kept_characters = 0

    def outermost(self, name: str, hidden_classes: frozenset[str]) -> Place:
        """Where markup begins: one of html.nesting's names for markup as it was written, "" for mended markup."""
        if self._kept_characters > _MAX_KEPT_CHARACTERS:
            self._outermost.clear()
            self._kept_characters = 0
        place = self._outermost.get((name, hidden_classes))
        if place is None:
            place = self._outermost[name, hidden_classes] = Place(None, name, hidden_classes)
            place.is_strict = name != ""
            self._kept_characters += sum(map(len, hidden_classes))
        return place

    def follow(self, place: Place, run: str, *, ends: bool = False) -> Step:
        """What a run of tags does, white space between them included. `ends`: no text comes after it.

        Raises NeedsMending in markup as it was written when a browser would do something else.
        """
        parts: list[Part] = []
        start = place
        for piece in run.split(">"):
            space, _, tag = piece.partition("<")
            if space and place.stream is not None:
                parts.append(Part(place.stream, place.laid(space)))
            if tag.startswith("/"):
                place = _leave(place, tag[1:], parts)
            elif tag:
                place = self._enter(place, tag, parts)
        parts = _joined(parts)
        is_seen = len(parts) == 1 and parts[0].stream == VISIBLE
        step = Step(place, parts[0].text if is_seen else "", parts)
        if not ends:
            if place.is_strict and not nesting.takes_text(place.name):
                raise NeedsMending
            if self._keeps(run):
                start.steps[run] = step
        return step

    def _keeps(self, met: str) -> bool:
        """Whether there is room to remember it. Markup that never repeats itself must not fill the memory."""
        self._kept_characters += len(met)
        return self._kept_characters <= _MAX_KEPT_CHARACTERS

    def _enter(self, above: Place, tag: str, parts: list[Part]) -> Place:
        place = above.below.get(tag)
        if place is None:
            read = read_tag(tag)
            if above.is_strict and not (is_plain(tag) and _fits(read.name, above)):
                raise NeedsMending
            place = _inside(above, read)
            if self._keeps(tag):
                above.below[tag] = place
        parts += place.entry
        if place.is_void:
            _end(place, parts)
            return above
        return place


def _fits(name: str, above: Place) -> bool:
    return nesting.fits(name, above.name, in_paragraph=above.in_paragraph, in_link=above.in_link)


def _inside(above: Place, tag: Tag) -> Place:
    """What an element does to all that it holds."""
    place = Place(above, tag.name, above.hidden_classes)
    place.is_strict = above.is_strict
    place.is_void = tag.is_void
    place.in_link = above.in_link or tag.name == "a"
    place.in_paragraph = above.in_paragraph or tag.name == "p"
    if above.stream is None or tag.name in _DROPPED:
        place.stream = None
        return place
    get = tag.attributes.get
    style = visibility.read_style(*(get(name, "")[:_MAX_STYLE_CHARACTERS] for name in ("style", "bgcolor", "color")))
    classes = get("class", "")[:500].lower()
    place.pre = above.pre or tag.name == "pre"
    place.paint = style.over(above.paint)
    place.hides = (
        above.hides or style.hides or "hidden" in tag.attributes or not above.hidden_classes.isdisjoint(classes.split())
    )
    place.quotes = (
        above.quotes or classes.startswith(_QUOTE_CLASSES) or (tag.name == "blockquote" and get("type") == "cite")
    )
    place.stream = HIDDEN if place.hides or place.paint.hides_text else VISIBLE
    if tag.name in ("a", "area") and (url := get("href")):
        place.is_link = True
        place.entry.append(Part(place.stream, url=url))
    if (before := _BEFORE.get(tag.name)) is not None:
        place.entry.append(Part(place.stream, _quoted(before) if place.quotes else before))
    if tag.name == "img" and (alternative := get("alt")):
        place.entry.append(Part(place.stream, " " + _escaped(alternative.replace("\n", " ")) + " "))
    return place


def _leave(place: Place, name: str, parts: list[Part]) -> Place:
    """Out of the innermost element of that name, and of all inside it; to stay where there is none."""
    inner: Place | None = place
    if place.is_strict and place.name != name:
        raise NeedsMending
    while inner is not None and inner.name != name:
        inner = inner.above
    if inner is None or inner.above is None:
        return place
    while place is not inner:
        _end(place, parts)
        place = place.above or inner
    _end(place, parts)
    return inner.above


def _end(place: Place, parts: list[Part]) -> None:
    if place.stream is None:
        return
    if place.is_link:
        parts.append(Part(place.stream))
    after = _AFTER.get(place.name)
    if after is not None:
        parts.append(Part(place.stream, _quoted(after) if place.quotes else after))


def _joined(parts: list[Part]) -> list[Part]:
    """Texts that follow one another in one stream as one."""
    joined: list[Part] = []
    for (stream, is_text), group in groupby(parts, key=lambda part: (part.stream, part.text != "")):
        if is_text:
            joined.append(Part(stream, "".join([part.text for part in group])))
        else:
            joined += group
    return joined


def _quoted(text: str) -> str:
    return text.replace("\n", f"\n{QUOTE_MARK}")


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;")
