"""Finds the links of a mail and what each is for (verify, reset, magic, unsubscribe, other). Nothing is fetched.

Called by the stage `links`. URLs are absolute, in the order of the mail, each once.
"""

from collections.abc import Sequence

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
    kinds = _kinds(collection, subject)
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


def _kinds(collection: Collection, subject: str) -> dict[str, str]:
    """The kind of each link of the bodies that may be of another kind than `other`, by its URL."""
    found = collection.found
    looked_at = [(url, link) for url, link in found.items() if link.places]
    if len(looked_at) > _FEW and only_words_make_kinds() and not hits_around(subject) and not topics(subject):
        spoken = Spoken(collection)
        numbered = enumerate(found.items())
        looked_at = [(url, link) for number, (url, link) in numbered if link.places and spoken.has(number, link)]
    links: list[tuple[str, UrlSigns, tuple[Around, ...]]] = []
    buttons, all_have_tokens = 0, len(found) > 1
    for url, link in looked_at:
        signs, places = url_signs(url), collection.around(link)
        links.append((url, signs, places))
        all_have_tokens = all_have_tokens and signs.has_token
        for place in places:
            if place.is_button:
                buttons += 1
                break
    if len(links) < len(found):
        all_have_tokens = all_have_tokens and all(map(has_token, found))
        buttons = _count_buttons(collection) if buttons == 1 else buttons
    mail = MailSigns(hits_around(subject), topics(subject), min(buttons, 2), all_have_tokens)
    return {url: kind_of(signs, places, mail) for url, signs, places in links}


def _count_buttons(collection: Collection) -> int:
    """How many links look like a button, up to two."""
    buttons = 0
    for link in collection.found.values():
        buttons += collection.is_button(link)
        if buttons > 1:
            break
    return buttons
