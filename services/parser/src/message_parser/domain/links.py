"""Finds the links of a mail and what each is for (verify, reset, magic, unsubscribe, other). Nothing is fetched.

Called by the stage `links`. URLs are absolute, in the order of the mail, each once.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from mayfly.records.message import Link
from message_parser.domain import limits
from message_parser.domain.html import Anchor
from message_parser.domain.otp.words import phrases, stems
from message_parser.domain.wrapped_urls import find_wrapped_urls

# Stops at characters of scripts that are written without spaces, because there the next word follows a URL directly.
# Both cases are spelt out: that search is many times faster than one with IGNORECASE.
_BARE = re.compile(r"[Hh][Tt][Tt][Pp][Ss]?://[^\s<>\"\x00-\x1f\u2e80-\uffff]{1,8192}")
_LONGEST_SCHEME = len("https")
_WEB = re.compile(r"https?://[^\s/?#]", re.IGNORECASE)
_HEADER_URL = re.compile(r"<\s{0,10}(https?://[^>\s]{1,8192})\s{0,10}>", re.IGNORECASE)
_TRAILING = ".,;:!?'*_~…"
_BRACKETS = {")": "(", "]": "[", "}": "{"}
# In order of precedence.
_KINDS = ("unsubscribe", "reset", "verify", "magic")
_KIND_OF = {stem: kind for kind in reversed(_KINDS) for stem in stems(kind)}
_PATH_WORDS = {
    "unsubscribe": re.compile(r"unsub|opt-?out|optout|/prefs|preferences|abmeld|desabonn|desinscri|baja"),
    "reset": re.compile(r"reset|recover|forgot|new-?password|change-?password|passwor[td]"),
    "verify": re.compile(r"verif|confirm|activat|validat|bestaetig"),
    "magic": re.compile(r"magic|sign-?in|log-?in|one-?time|passwordless"),
}
_ANY_PATH_WORD = re.compile("|".join(words.pattern for words in _PATH_WORDS.values()))
_CONTEXT_CHARACTERS = 80


def find_links(anchors: Sequence[Anchor], texts: Sequence[str], list_unsubscribe: str) -> list[Link]:
    """Links of the HTML, then bare URLs in the texts, then those of the List-Unsubscribe field (RFC 2369)."""
    found: dict[str, Link] = {}
    room = limits.MAX_LINKS_CHARACTERS
    shown = {anchor.text.rstrip(_TRAILING) for anchor in anchors}
    for link in _all(anchors, texts, list_unsubscribe, shown):
        if len(found) == limits.MAX_LINKS or room < 0:
            break
        room -= len(link.url) + len(link.text)
        known = found.setdefault(link.url, link)
        if known.kind == "other" and link.kind != "other":
            found[link.url] = Link(url=link.url, text=known.text or link.text, kind=link.kind)
    return list(found.values())


def _all(anchors: Sequence[Anchor], texts: Sequence[str], list_unsubscribe: str, shown: set[str]) -> Iterator[Link]:
    for anchor in anchors:
        url = _absolute(anchor.url)
        if url:
            yield Link(url=url, text=anchor.text, kind=_kind(anchor.text, url))
    for text in texts:
        for start, url, written in _in_text(text):
            if _WEB.match(url) and url not in shown and written not in shown:
                yield Link(url=url, kind=_kind(_words_before(text, start), url))
    for url in _HEADER_URL.findall(list_unsubscribe):
        yield Link(url=url, kind="unsubscribe")


def _in_text(text: str) -> Iterator[tuple[int, str, str]]:
    """Bare URLs: where each starts, without the punctuation of the sentence, and as written."""
    first = text.find("://")
    if first < 0:
        return
    wrapped, end = find_wrapped_urls(text), 0
    following = next(wrapped, None)
    for match in _BARE.finditer(text, max(0, first - _LONGEST_SCHEME)):
        if following is not None and match.start() > following.start:
            yield following.start, following.url, following.url
            end, following = following.end, next(wrapped, None)
        if match.start() >= end:
            yield match.start(), _without_trailing(match.group()), match.group()


def _absolute(href: str) -> str:
    """The URL as written; "" if it is no web address (mailto, tel, cid, data, javascript, fragment, relative)."""
    url = "".join(href.split())
    if url.startswith("//"):
        url = "https:" + url
    return url if _WEB.match(url) and len(url) <= limits.MAX_URL_CHARACTERS else ""


def _without_trailing(url: str) -> str:
    """`url` without the punctuation of the sentence around it. A closing bracket that the URL opens stays."""
    while url:
        last = url[-1]
        opening = _BRACKETS.get(last)
        if last in _TRAILING or (opening and url.count(last) > url.count(opening)):
            url = url[:-1]
        else:
            break
    return url


def _words_before(text: str, start: int) -> str:
    """The words before a bare URL on its line, or the line above if there are none."""
    above = text[max(0, start - 2 * _CONTEXT_CHARACTERS) : start].rstrip(" \n\t")
    return above.rpartition("\n")[2][-_CONTEXT_CHARACTERS:]


def _kind(text: str, url: str) -> str:
    words = text[: limits.MAX_LINK_TEXT_CHARACTERS].lower()
    path = url.partition("://")[2].partition("/")[2][:500].lower()
    kind = _kind_by_words(words) if words else None
    if kind:
        return kind
    if path and _ANY_PATH_WORD.search(path):
        return next(kind for kind in _KINDS if _PATH_WORDS[kind].search(path))
    return "other"


@lru_cache(maxsize=2048)
def _kind_by_words(words: str) -> str | None:
    """Cached, because senders use the same words in all their mails."""
    kinds = {_KIND_OF[hit.phrase] for hit in phrases(*_KINDS).find(words)}
    return next((kind for kind in _KINDS if kind in kinds), None)
