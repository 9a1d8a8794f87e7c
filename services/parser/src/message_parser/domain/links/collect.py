"""Collects the links of a mail, each once, with the places where it stands. Used by `find_links`."""

from collections.abc import Sequence
from typing import NamedTuple

from message_parser.domain import limits
from message_parser.domain.html import HtmlText
from message_parser.domain.links import urls
from message_parser.domain.links.signs import Around, mode_of

_MAX_PLACES = 3  # of one link that are looked at
_BEFORE, REACH_AFTER = 160, 100
REACH_BEFORE = 2 * _BEFORE
"""How far around a bare URL words are looked for, in characters."""
_LATE = 0.75
_FIRST = 1
_TRAILING = ".,;:!?'*_~…"
_FOOTNOTE, _MAX_LABEL = 6, 50
_LABEL_ENDS = " :\uff1a(<[-\u2013\u2014→>="
_LABEL_STARTS = " [*•·-\u2013\u2014>"


class Place(NamedTuple):
    """Where a link stands: the anchor `number` of the HTML, or the bare URL `number` of all texts together.

    `is_first`: it is the first link of the mail.
    """

    number: int
    is_anchor: bool
    is_first: bool


class Bare(NamedTuple):
    """A bare URL and its text. `lowest`: where the URL before it ends."""

    text: str
    item: urls.Found
    lowest: int


class Collected:
    """One link. `text`: of its first anchor that has any. `is_header`: named by the List-Unsubscribe field."""

    __slots__ = ("is_header", "places", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.places: list[Place] = []
        self.is_header = False


class Collection:
    """The links of a mail by URL, within the bounds: of the HTML, of the texts, of the List-Unsubscribe field.

    `bare`: the bare URLs of the texts, in order.
    """

    def __init__(self, html_text: HtmlText, texts: Sequence[str], list_unsubscribe: str) -> None:
        self.html_text = html_text
        self.found: dict[str, Collected] = {}
        self.bare: list[Bare] = []
        self._room = limits.MAX_LINKS_CHARACTERS
        # The texts of anchors: a bare URL that is one of them is no second link.
        self._shown: set[str] = set()
        self._add_anchors()
        for text in texts:
            if text:
                self._add_bare(text)
        if list_unsubscribe:
            self._add_header(list_unsubscribe)

    def around(self, link: Collected) -> tuple[Around, ...]:
        """What is around the places of a link. Where its own text says what it is for, bare URLs add nothing."""
        if len(link.places) == 1:
            return (self._around(link.places[0]),)
        first, *others = map(self._around, link.places)
        if any(not place.is_anchor for place in link.places[1:]) and mode_of(first.text) == "speaks":
            others = [other for other, place in zip(others, link.places[1:], strict=True) if place.is_anchor]
        return (first, *others)

    def is_button(self, link: Collected) -> bool:
        """Whether the link looks like a button in one of its places."""
        return any(place.is_anchor and self.html_text.around(place.number).is_button for place in link.places)

    def _around(self, place: Place) -> Around:
        if place.is_anchor:
            text = self.html_text.anchors[place.number].text
            return Around(text, *self.html_text.around(place.number), place.is_first)
        return _around(*self.bare[place.number])._replace(is_first=place.is_first)

    def _add(self, url: str, text: str = "") -> Collected | None:
        """The link with that URL; None when there is no room for it."""
        link = self.found.get(url)
        if self._room < 0 or (link is None and len(self.found) == limits.MAX_LINKS):
            return None
        self._room -= len(url) + len(text)
        if link is None:
            link = self.found[url] = Collected(text)
        elif not link.text:
            link.text = text
        return link

    def _add_anchors(self) -> None:
        base = urls.base_of(self.html_text.base) if self.html_text.base else ""
        written = url = ""
        for number, anchor in enumerate(self.html_text.anchors):
            self._shown.add(anchor.text.rstrip(_TRAILING))
            if anchor.url != written:  # an image and the words beside it often lead to the same page
                written, url = anchor.url, urls.absolute(anchor.url, base)
            link = self._add(url, anchor.text) if url else None
            if link is not None and len(link.places) < _MAX_PLACES:
                link.places.append(Place(number, True, len(self.found) <= _FIRST))

    def _add_bare(self, text: str) -> None:
        end = 0
        for item in urls.in_text(text, self.found):
            if item.url not in self._shown and item.written not in self._shown:
                link = self._add(item.url)
                if link is None:
                    return
                if len(link.places) < _MAX_PLACES:
                    link.places.append(Place(len(self.bare), False, len(self.found) <= _FIRST))
                    self.bare.append(Bare(text, item, end))
            end = item.end

    def _add_header(self, list_unsubscribe: str) -> None:
        for url in urls.of_header(list_unsubscribe):
            link = self._add(url)
            if link is not None:
                link.is_header = True


def _around(text: str, item: urls.Found, lowest: int) -> Around:
    """What is around a bare URL: a label (`Privacy: https://...`) stands for its text; the rest of its paragraph, or
    the one above, up to other URLs.
    """
    lead = text[max(lowest, item.start - REACH_BEFORE) : item.start].rstrip(" \t")
    own = lead.rpartition("\n\n")[2].strip()
    above = "" if own else lead.rstrip().rpartition("\n\n")[2]
    if own.startswith("[") and own.rstrip(":").endswith("]") and len(own) <= _FOOTNOTE:
        own = _before_mark(text, own.rstrip(":"), item.start)
    own, label = _label(own)
    return Around(
        label,
        " ".join(own.split())[-_BEFORE:],
        " ".join(text[item.end : item.end + REACH_AFTER].partition("\n\n")[0].partition("://")[0].split()),
        " ".join(above.split())[-_BEFORE:],
        is_late=item.start > _LATE * len(text),
    )


def _label(words: str) -> tuple[str, str]:
    """The words before a bare URL, divided into a sentence and a label on the last line."""
    sentence, _, last = words.rpartition("\n")
    label = last.rstrip(_LABEL_ENDS).lstrip(_LABEL_STARTS)
    if last[-1:] in _LABEL_ENDS and 0 < len(label) <= _MAX_LABEL:
        return sentence, label
    return words, ""


def _before_mark(text: str, mark: str, end: int) -> str:
    """The words before the mark of a footnote (`Verify your mail [1]`) that the URL belongs to."""
    at = text.find(mark, 0, end)
    return text[max(0, at - _BEFORE) : at].rpartition("\n\n")[2]
