"""Finds the links of a mail and what each is for (verify, reset, magic, unsubscribe, other). Nothing is fetched.

Called by the stage `links`. URLs are absolute, in the order of the mail, each once.
"""

from collections.abc import Sequence

from mayfly.records.message import Link
from message_parser.domain.html import HtmlText
from message_parser.domain.links import urls
from message_parser.domain.links.collect import Collected, collect
from message_parser.domain.links.kinds import kind_of, weights
from message_parser.domain.links.signs import (
    MailSigns,
    Signs,
    UrlSigns,
    build_searches,
    hits_around,
    signs_of,
    topics,
    url_signs,
)

__all__ = ["find_links", "find_signs", "prepare"]


def find_links(html_text: HtmlText, texts: Sequence[str], list_unsubscribe: str, subject: str = "") -> list[Link]:
    """Links of the HTML, then bare URLs in the texts, then those of the List-Unsubscribe field (RFC 2369)."""
    found = collect(html_text, texts, list_unsubscribe)
    of_urls = [url_signs(url) for url in found]
    mail = _mail_signs(found, of_urls, subject)
    links: list[Link] = []
    for (url, link), signs in zip(found.items(), of_urls, strict=True):
        kind = kind_of(signs, tuple(link.places), mail) if link.places else "other"
        if link.is_header and kind == "other":
            kind = "unsubscribe"
        flags = [] if urls.is_web(url) else ["scheme"]
        links.append(Link(url=url, text=link.text, kind=kind, flags=flags))
    return links


def find_signs(html_text: HtmlText, texts: Sequence[str], subject: str) -> dict[str, Signs]:
    """The signs of each link by its URL; the weights are fitted on them (bench.fit_links)."""
    found = collect(html_text, texts, "")
    of_urls = [url_signs(url) for url in found]
    mail = _mail_signs(found, of_urls, subject)
    return {url: signs_of(signs, link.places, mail) for (url, link), signs in zip(found.items(), of_urls, strict=True)}


def prepare() -> None:
    """Load what finding links needs, so that no mail has to wait for it. Called when a parsing process starts."""
    weights()
    build_searches()


def _mail_signs(found: dict[str, Collected], of_urls: list[UrlSigns], subject: str) -> MailSigns:
    buttons = 0
    for link in found.values():
        for place in link.places:
            if place.is_button:
                buttons += 1
                break
    all_have_tokens = len(of_urls) > 1 and all(signs.has_token for signs in of_urls)
    return MailSigns(hits_around(subject), topics(subject), min(buttons, 2), all_have_tokens)
