"""Tells which links of a mail no word speaks of, by one search over all words near links. Used by `find_links`.

Most links are of this kind: the rows of a digest, of an order, of a list. Without a word of a kind in its text, around
it and in its URL a link is of the kind `other`, whatever else is known of it (`kinds.only_words_make_kinds`), so that
what is around it has to be worked out for the others only: 7 ms for 100 links otherwise (ADR 0020).
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from urllib.parse import unquote

from message_parser.domain.html import HtmlText
from message_parser.domain.links.collect import REACH_AFTER, REACH_BEFORE, Bare, Collected, Collection
from message_parser.domain.links.signs import any_topic, any_url_word, kind_words

# No text of a mail has either: the first is taken out of bodies, the second out of HTML and, here, out of texts.
_CUT, _LINE_END = "\0", "\x01"
# Escapes that are frequent in addresses within addresses.
_ESCAPES = (("%2F", "/"), ("%3A", ":"), ("%3D", "="), ("%26", "&"), ("%3F", "?"), ("%20", " "))


class Spoken:
    """The links of a mail that a word of a kind may speak of, by their order in the mail; too many rather than too few."""

    def __init__(self, collection: Collection) -> None:
        self._urls = _of_urls(collection.found)
        self._anchors = _of_anchors(collection.html_text)
        self._bare = _of_bare(collection.bare)

    def has(self, number: int, link: Collected) -> bool:
        """Whether a word may speak of a link, the `number`th of its mail."""
        return number in self._urls or any(
            place.number in (self._anchors if place.is_anchor else self._bare) for place in link.places
        )


def _of_anchors(html_text: HtmlText) -> set[int]:
    """The anchors with a word in them or around them. All, where links are nested."""
    stretches = html_text.cut_at_links()
    if stretches is None:
        return set(range(len(html_text.anchors)))
    return _beside(_with_words(f" {_CUT} ".join(stretches).replace("\n", f" {_LINE_END} ")))


def _of_bare(bare: Sequence[Bare]) -> set[int]:
    """The bare URLs with a word around them, and those behind the mark of a footnote, whose words are elsewhere."""
    if not bare:
        return set()
    stretches: list[str] = []
    footnotes: set[int] = set()
    for number, (text, item, lowest) in enumerate(bare):
        lead = text[max(lowest, item.start - REACH_BEFORE) : item.start]
        if lead.rstrip(" \t\n:").endswith("]"):
            footnotes.add(number)
        stretches += (lead, text[item.end : item.end + REACH_AFTER].partition("://")[0])
    words = f" {_CUT} ".join(stretches).replace(_LINE_END, "")
    return footnotes | {stretch // 2 for stretch in _with_words(words)}


def _with_words(text: str) -> list[int]:
    """The numbers of the stretches between cuts that have a word of a kind or of a topic in them."""
    text = " ".join(text.split()).lower()
    ends = list(accumulate(len(stretch) + 1 for stretch in text.split(_CUT)))
    return [bisect_right(ends, hit.start) for search in (kind_words(), any_topic()) for hit in search.find(text)]


def _beside(stretches: Sequence[int]) -> set[int]:
    """The anchors that these stretches are, or are before or behind. An anchor is stretch 1, 3, 5 and so on."""
    return {anchor for stretch in stretches for anchor in ((stretch - 1) // 2, stretch // 2)}


def _of_urls(found: Mapping[str, Collected]) -> set[int]:
    """The links whose URL has letters of a word in it."""
    addresses = "\n".join(map(_without_host, found))
    for escape, character in _ESCAPES:
        addresses = addresses.replace(escape, character)
    addresses = (unquote(addresses) if "%" in addresses else addresses).lower()
    hits = [start for _, start, _ in any_url_word().find_matches_as_indexes(addresses)]
    if not hits:
        return set()
    ends = list(accumulate(len(address) + 1 for address in addresses.split("\n")))
    return {bisect_right(ends, hit) for hit in hits}


def _without_host(url: str) -> str:
    """The path and what follows it; all of an unusual URL."""
    path = url.find("/", url.find("://") + 3)
    return url if path < 0 or "?" in url[:path] or "#" in url[:path] else url[path:]
