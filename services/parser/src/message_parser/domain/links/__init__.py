"""Finds the links of a mail and what each is for (verify, reset, magic, unsubscribe, other). Nothing is fetched.

Called by the stage `links`. URLs are absolute, in the order of the mail, each once.
"""

from collections.abc import Iterator, Sequence

from mayfly.records.message import Link
from message_parser.domain.html import HtmlText
from message_parser.domain.links import urls
from message_parser.domain.links.collect import Collected, Collection
from message_parser.domain.links.kinds import kind_of, only_words_make_kinds, weights
from message_parser.domain.links.signs import (
    MailSigns,
    Signs,
    build_searches,
    has_token,
    hits_around,
    signs_of,
    topics,
    url_signs,
)
from message_parser.domain.links.unspoken import Spoken

__all__ = ["find_links", "find_signs", "prepare"]


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
    mail = _mail_signs(collection, list(found.values()), subject)
    return {url: signs_of(url_signs(url), collection.around(link), mail) for url, link in found.items()}


def prepare() -> None:
    """Load what finding links needs, so that no mail has to wait for it. Called when a parsing process starts."""
    weights()
    only_words_make_kinds()
    build_searches()


def _kinds(collection: Collection, subject: str) -> Iterator[tuple[str, str]]:
    """URL and kind of each link of the bodies that may be of another kind than `other`."""
    links = [(url, link) for url, link in collection.found.items() if link.places]
    if only_words_make_kinds() and not hits_around(subject) and not topics(subject):
        spoken = Spoken(collection)
        links = [(url, link) for number, (url, link) in enumerate(collection.found.items()) if spoken.has(number, link)]
    mail = _mail_signs(collection, [link for _, link in links], subject)
    for url, link in links:
        yield url, kind_of(url_signs(url), collection.around(link), mail)


def _mail_signs(collection: Collection, looked_at: Sequence[Collected], subject: str) -> MailSigns:
    """The signs of the mail that the links looked at depend on."""
    found = collection.found
    buttons = 0
    if any(map(collection.is_button, looked_at)):
        for link in found.values():
            buttons += collection.is_button(link)
            if buttons > 1:
                break
    all_have_tokens = len(found) > 1 and all(map(has_token, found))
    return MailSigns(hits_around(subject), topics(subject), buttons, all_have_tokens)
