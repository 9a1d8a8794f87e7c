"""Finds the links of a mail and what each is for (verify, reset, magic, unsubscribe, other). Nothing is fetched.

Called by the stage `links`. URLs are absolute, in the order of the mail, each once.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from mayfly.records.message import Link
from message_parser.domain.html import HtmlText
from message_parser.domain.links import urls
from message_parser.domain.links.collect import Collection
from message_parser.domain.links.kinds import kind_of, only_words_make_kinds, weights
from message_parser.domain.links.signs import (
    Around,
    MailSigns,
    Signs,
    UrlSigns,
    build_searches,
    has_token,
    hits_around,
    signs_of,
    topics,
    url_signs,
)
from message_parser.domain.links.unspoken import Spoken

__all__ = ["find_links", "find_signs", "prepare"]
_FEW = 10  # links: to look at each takes less time than to look for words first


def find_links(html_text: HtmlText, texts: Sequence[str], list_unsubscribe: str, subject: str = "") -> list[Link]:
    """Links of the HTML, then bare URLs in the texts, then those of the List-Unsubscribe field (RFC 2369)."""
    collection = Collection(html_text, texts, list_unsubscribe)
    kinds = dict(_kinds(collection, subject))
    links: list[Link] = []
    for url, link in collection.found.items():
        kind = kinds.get(url, "other")
        if link.is_header and kind == "other":
            kind = "unsubscribe"
        links.append(Link(url=url, text=link.text, kind=kind, flags=[] if urls.is_web(url) else ["scheme"]))
    return links


def find_signs(html_text: HtmlText, texts: Sequence[str], subject: str) -> dict[str, Signs]:
    """The signs of each link by its URL; the weights are fitted on them (bench.fit_links)."""
    collection = Collection(html_text, texts, "")
    found = collection.found
    signs = [url_signs(url) for url in found]
    all_have_tokens = len(signs) > 1 and all(one.has_token for one in signs)
    mail = MailSigns(hits_around(subject), topics(subject), _count_buttons(collection), all_have_tokens)
    return {
        url: signs_of(of_url, collection.around(link), mail)
        for (url, link), of_url in zip(found.items(), signs, strict=True)
    }


def prepare() -> None:
    """Load what finding links needs, so that no mail has to wait for it. Called when a parsing process starts."""
    weights()
    only_words_make_kinds()
    build_searches()


def _kinds(collection: Collection, subject: str) -> Iterator[tuple[str, str]]:
    """URL and kind of each link of the bodies that may be of another kind than `other`."""
    found = collection.found
    looked_at = [(url, link) for url, link in found.items() if link.places]
    if len(looked_at) > _FEW and only_words_make_kinds() and not hits_around(subject) and not topics(subject):
        spoken = Spoken(collection)
        looked_at = [(url, link) for number, (url, link) in enumerate(found.items()) if spoken.has(number, link)]
    links = [_LookedAt(url, url_signs(url), collection.around(link)) for url, link in looked_at]
    buttons = sum(link.is_button for link in links)
    if buttons == 1 and len(links) < len(found):
        buttons = _count_buttons(collection)
    all_have_tokens = len(found) > 1 and all(link.signs.has_token for link in links) and all(map(has_token, found))
    mail = MailSigns(hits_around(subject), topics(subject), min(buttons, 2), all_have_tokens)
    for link in links:
        yield link.url, kind_of(link.signs, link.places, mail)


class _LookedAt(NamedTuple):
    """A link, and what is around it."""

    url: str
    signs: UrlSigns
    places: tuple[Around, ...]

    @property
    def is_button(self) -> bool:
        return any(place.is_button for place in self.places)


def _count_buttons(collection: Collection) -> int:
    """How many links look like a button, up to two."""
    buttons = 0
    for link in collection.found.values():
        buttons += collection.is_button(link)
        if buttons > 1:
            break
    return buttons
