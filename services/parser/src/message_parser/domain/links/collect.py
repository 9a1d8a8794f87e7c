"""Collects the links of a mail, each once, with the places where it stands. Used by `find_links`."""

from collections.abc import Sequence

from message_parser.domain import limits
from message_parser.domain.html import HtmlText
from message_parser.domain.links import urls
from message_parser.domain.links.signs import Around, mode_of

_MAX_PLACES = 3  # of one link that are looked at
_BEFORE, _AFTER = 160, 100
_LATE = 0.75
_FIRST = 1
_TRAILING = ".,;:!?'*_~…"
_FOOTNOTE, _MAX_LABEL = 6, 50
_LABEL_ENDS = " :\uff1a(<[-\u2013\u2014→>="
_LABEL_STARTS = " [*•·-\u2013\u2014>"


class Collected:
    """One link. `text`: of its first anchor that has any. `is_header`: named by the List-Unsubscribe field."""

    __slots__ = ("is_header", "places", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.places: list[Around] = []
        self.is_header = False


def collect(html_text: HtmlText, texts: Sequence[str], list_unsubscribe: str) -> dict[str, Collected]:
    """The links by URL: of the HTML, then of the texts, then of the List-Unsubscribe field; within the bounds."""
    collector = _Collector()
    collector.add_anchors(html_text)
    for text in texts:
        if text:
            collector.add_bare(text)
    if list_unsubscribe:
        collector.add_header(list_unsubscribe)
    return collector.found


class _Collector:
    """`shown`: the texts of anchors; a bare URL that is one of them is no second link."""

    def __init__(self) -> None:
        self.found: dict[str, Collected] = {}
        self._room = limits.MAX_LINKS_CHARACTERS
        self._shown: set[str] = set()

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

    def add_anchors(self, html_text: HtmlText) -> None:
        base = urls.base_of(html_text.base) if html_text.base else ""
        for index, anchor in enumerate(html_text.anchors):
            self._shown.add(anchor.text.rstrip(_TRAILING))
            url = urls.absolute(anchor.url, base)
            link = self._add(url, anchor.text) if url else None
            if link is None:
                continue
            if len(link.places) < _MAX_PLACES:
                link.places.append(Around(anchor.text, *html_text.around(index), len(self.found) <= _FIRST))

    def add_bare(self, text: str) -> None:
        end = 0
        for item in urls.in_text(text):
            if item.url not in self._shown and item.written not in self._shown:
                link = self._add(item.url)
                if link is None:
                    return
                if not link.places or (len(link.places) < _MAX_PLACES and mode_of(link.places[0].text) != "speaks"):
                    link.places.append(_around(text, item, end)._replace(is_first=len(self.found) <= _FIRST))
            end = item.end

    def add_header(self, list_unsubscribe: str) -> None:
        for url in urls.of_header(list_unsubscribe):
            link = self._add(url)
            if link is not None:
                link.is_header = True


def _around(text: str, item: urls.Found, lowest: int) -> Around:
    """What is around a bare URL: a label (`Privacy: https://...`) stands for its text; the rest of its paragraph, or
    the one above, up to other URLs.
    """
    lead = text[max(lowest, item.start - 2 * _BEFORE) : item.start].rstrip(" \t")
    own = lead.rpartition("\n\n")[2].strip()
    above = "" if own else lead.rstrip().rpartition("\n\n")[2]
    if own.startswith("[") and own.rstrip(":").endswith("]") and len(own) <= _FOOTNOTE:
        own = _before_mark(text, own.rstrip(":"), item.start)
    own, label = _label(own)
    return Around(
        label,
        " ".join(own.split())[-_BEFORE:],
        " ".join(text[item.end : item.end + _AFTER].partition("\n\n")[0].partition("://")[0].split()),
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
