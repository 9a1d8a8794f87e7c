"""Finds URLs in text and reads those of anchors: web addresses, and deep links that open an app. Nothing is fetched."""

import re
from collections.abc import Container, Iterator
from typing import NamedTuple
from urllib.parse import urljoin

from message_parser.domain import limits
from message_parser.domain.wrapped_urls import find_wrapped_urls

_STOP = r"\s<>\"\x00-\x1f\u200b-\u200f\u2028-\u202e\u2060\u2e80-\uffff"
# Stops at characters of scripts that are written without spaces, because there the next word follows a URL directly.
_REST = re.compile(rf"://[^{_STOP}]{{1,{limits.MAX_URL_CHARACTERS}}}")
_LONGEST_SCHEME = 32
_WEB = re.compile(r"https?://[^\s/?#]", re.IGNORECASE)
_SCHEME = re.compile(r"[a-z][a-z0-9+.\-]{1,31}")
_SCHEME_BEFORE = re.compile(r"(?<![A-Za-z0-9+.\-])[A-Za-z][A-Za-z0-9+.\-]{1,31}$")
_RELATIVE = re.compile(r"(?![a-z][a-z0-9+.\-]{0,31}:)[^#]", re.IGNORECASE)
_HEADER_URL = re.compile(r"<\s{0,10}(https?://[^>\s]{1,8192})\s{0,10}>", re.IGNORECASE)
# Schemes with `//` that open no app for the reader: scripts and local files, and technical addresses.
_NO_APP = frozenset(
    """
    http https javascript data vbscript file blob filesystem mailto tel sms cid mid about view-source chrome resource
    jar ftp ftps sftp ssh telnet ldap ldaps ws wss git svn smb nfs rsync irc ircs news nntp imap imaps pop pops smtp
    smtps rtsp rtmp udp tcp s3 gs jdbc postgres postgresql mysql mongodb mongodb+srv redis rediss amqp amqps nats kafka
    docker unix ipp dns sqlite http+unix git+https git+ssh
    """.split()  # noqa: SIM905
)
_MAX_LOOKS = 5_000  # `://` of a text that are looked at for deep links
_TRAILING = ".,;:!?'…\u060c\u061b\u061f\u0964"
_QUOTES = "\u00bb\u00ab\u2018\u2019\u201c\u201d\u201e\u2039\u203a`"
_STYLE = "*_~"  # around a URL, as in *https://a.example*; a token may end with one
_BRACKETS = {")": "(", "]": "[", "}": "{"}
_CLOSING = {opening: closing for closing, opening in _BRACKETS.items()}
# What ends a URL that was written without a space behind it: another URL, an escaped bracket or quote, letters of a
# script without spaces after ASCII, a suffix behind an apostrophe.
_NEXT_URL = re.compile(
    r"[,;|](?=https?://)|&(?:gt|lt|quot|#39);|(?<=[A-Za-z0-9/])[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]"
)
_SUFFIX = re.compile(r"['\u2019][^\W\d_]{1,4}$")


class Found(NamedTuple):
    """A URL in a text: `url` as a reader would open it; `written`: up to the next white space."""

    start: int
    end: int
    url: str
    written: str


def absolute(href: str, base: str) -> str:
    """The URL of an anchor, relative ones resolved (RFC 3986 section 5); "" if it opens no web page and no app."""
    url = "".join(href.split())
    if len(url) > limits.MAX_URL_CHARACTERS:  # urljoin keeps what it has read last, however long it is
        return ""
    if url.startswith("//"):
        url = f"{base.partition(':')[0] or 'https'}:{url}"
    elif base and _RELATIVE.match(url):
        try:
            url = urljoin(base, url)
        except ValueError:
            return ""
    if len(url) > limits.MAX_URL_CHARACTERS:
        return ""
    return url if _WEB.match(url) or is_app_link(url) else ""


def base_of(href: str) -> str:
    """The base of relative links as `<base href>` gives it; "" if it is no web address."""
    url = "".join(href.split())
    url = f"https:{url}" if url.startswith("//") else url
    return url if _WEB.match(url) and len(url) <= limits.MAX_URL_CHARACTERS else ""


def is_web(url: str) -> bool:
    """Whether `url`, one that these functions gave, opens a web page; else it opens an app."""
    return url[:8].lower().startswith(("http://", "https://"))


def is_app_link(url: str) -> bool:
    """Whether `url` opens an app (`acmeapp://reset?t=1`): any scheme with `//` that is not in _NO_APP."""
    scheme, mark, rest = url.partition("://")
    scheme = scheme.lower()
    return bool(mark and rest.strip("/")) and _SCHEME.fullmatch(scheme) is not None and scheme not in _NO_APP


def of_header(list_unsubscribe: str) -> list[str]:
    """The web addresses in a List-Unsubscribe field (RFC 2369)."""
    return _HEADER_URL.findall(list_unsubscribe)


def in_text(text: str, known: Container[str] = ()) -> Iterator[Found]:
    """The bare URLs of a text, left to right. `known`: URLs that are meant as they stand, those of anchors."""
    mark = text.find("://")
    if mark < 0:
        return
    wrapped = find_wrapped_urls(text) if "<" in text or "&lt;" in text else iter(())
    following = next(wrapped, None)
    end = looks = 0
    while mark >= 0:
        scheme = text[max(end, mark - 5) : mark].lower()
        length = 5 if scheme == "https" else 4 if scheme.endswith("http") else 0
        if not length and looks < _MAX_LOOKS:
            looks += 1
            scheme_found = _SCHEME_BEFORE.search(text[max(end, mark - _LONGEST_SCHEME) : mark])
            length = len(scheme_found.group()) if scheme_found else 0
        start = mark - length
        if following is not None and start > following.start:
            if following.start >= end:
                yield Found(*following, following.url)
                end = following.end
            following = next(wrapped, None)
            mark = text.find("://", max(mark + 3, end))
            continue
        rest = _REST.match(text, mark) if length else None
        if rest:
            written = text[start : rest.end()]
            if written in known:
                end = rest.end()
                yield Found(start, end, written, written)
                mark = text.find("://", end)
                continue
            url = _ending(written, text[max(0, start - 4) : start])
            end = start + len(url) if len(written) <= limits.MAX_URL_CHARACTERS else rest.end()
            if len(written) <= limits.MAX_URL_CHARACTERS and (_WEB.match(url) or is_app_link(url)):
                yield Found(start, end, url.replace("&amp;", "&"), written)
        mark = text.find("://", max(mark + 3, end))


def _ending(written: str, before: str) -> str:
    """`written` up to where the URL ends: without the punctuation and brackets of the sentence around it."""
    url = written
    last = before[-1:]
    if (closing := _CLOSING.get(last)) and closing in url:
        url = _closed(url, last, closing)
    elif last == "|":
        url = url.partition("|")[0]
    if (not url.isascii() or any(map(url.__contains__, ",;|&"))) and (found := _NEXT_URL.search(url, 8)):
        url = url[: found.start()]
    if last and last in _STYLE and url.endswith(last):
        url = url.rstrip(last)
    if url[-5:].find("'") >= 0 or "\u2019" in url[-5:]:
        url = _SUFFIX.sub("", url)
    return url[: _without_trailing(url)]


def _without_trailing(url: str) -> int:
    """Where `url` ends without the punctuation behind it, and without closing brackets that none in it opens."""
    end = len(url)
    unopened: dict[str, int] = {}
    while end:
        last = url[end - 1]
        opening = _BRACKETS.get(last)
        if opening and last not in unopened:
            unopened[last] = url.count(last, 0, end) - url.count(opening, 0, end)
        if last in _TRAILING or last in _QUOTES:
            end -= 1
        elif opening and unopened[last] > 0:
            unopened[last] -= 1
            end -= 1
        elif url.endswith(("**", "__"), 0, end):
            end -= 2
        else:
            break
    return end


def _closed(url: str, opening: str, closing: str) -> str:
    """`url` up to the bracket that closes the one before it."""
    depth = 0
    for position, character in enumerate(url):
        if character == opening:
            depth += 1
        elif character == closing:
            depth -= 1
            if depth < 0:
                return url[:position]
    return url
