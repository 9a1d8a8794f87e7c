"""Tells which links of a mail no word speaks of, by one search over all words near links. Used by `find_links`.

Most links are of this kind: the rows of a digest, of an order, of a list. Without a word of a kind in its text, around
it and in its URL a link is of the kind `other`, whatever else is known of it (`kinds.only_words_make_kinds`), so that
what is around it has to be worked out for the others only: 7 ms for 100 links otherwise (ADR 0020).
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import accumulate

from message_parser.domain.html import HtmlText
from message_parser.domain.links.collect import REACH_AFTER, REACH_BEFORE, Bare, Collected, Collection
from message_parser.domain.links.signs import any_topic, any_url_word, kind_words

# The first is taken out of all bodies, the second out of HTML, where alone it means something.
_CUT, _LINE_END = "\0", "\x01"
_SPACED_CUT = f" {_CUT} "


class Spoken:
    """The links of a mail that a word of a kind may speak of: too many rather than too few."""

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
    words = html_text.cut_at_links(_SPACED_CUT)
    if words is None:
        return set(range(len(html_text.anchors)))
    return _beside(_with_words(words.replace("\n", f" {_LINE_END} ")))


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
    return footnotes | {stretch // 2 for stretch in _with_words(_SPACED_CUT.join(stretches))}


def _with_words(text: str) -> list[int]:
    """The numbers of the stretches between cuts that have a word of a kind or of a topic in them."""
    text = " ".join(text.split()).lower()
    hits = [hit.start for search in (kind_words(), any_topic()) for hit in search.find(text)]
    return _numbers(hits, text, _CUT)


def _numbers(offsets: Sequence[int], text: str, cut: str) -> list[int]:
    """The number of the stretch between cuts that each offset is in."""
    ends = list(accumulate([len(stretch) + 1 for stretch in text.split(cut)])) if offsets else []
    return [bisect_right(ends, offset) for offset in offsets]


def _beside(stretches: Sequence[int]) -> set[int]:
    """The anchors that these stretches are, or are before or behind. An anchor is stretch 1, 3, 5 and so on."""
    return {anchor for stretch in stretches for anchor in ((stretch - 1) // 2, stretch // 2)}


def _of_urls(found: Mapping[str, Collected]) -> set[int]:
    """The links whose URL has letters of a word in it, or escaped letters."""
    addresses = "\n".join(map(_without_host, found)).lower()
    hits = [start for _, start, _ in any_url_word().find_matches_as_indexes(addresses)]
    return set(_numbers(hits, addresses, "\n"))


def _without_host(url: str) -> str:
    """The path and what follows it; all of an unusual URL."""
    path = url.find("/", url.find("://") + 3)
    return url if path < 0 or "?" in url[:path] or "#" in url[:path] else url[path:]
