"""Responses with untrusted content, such that browsers save it under a safe name and never execute it."""

import re
import unicodedata
from collections.abc import Awaitable, Callable
from urllib.parse import quote

from api_gateway.edge.large_responses import Fetched

_MEDIA_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,100}/[a-z0-9!#$&^_.+-]{1,100}", re.ASCII)
# Served as such, it could be loaded as a script by a page of the same origin, whatever the Content-Disposition.
_SCRIPT = re.compile(r"(text|application)/(x-)?(java|ecma|j|live)script[0-9.]*")
_LONGEST_NAME = 150


class Download(Fetched):
    """A response that browsers save under `filename` instead of showing it (RFC 6266).

    Its type bears no charset, because nobody checked one; scripts are sent as plain text. `size`: about how many octets
    `fetch` brings.
    """

    def __init__(self, size: int, fetch: Callable[[], Awaitable[bytes]], filename: str, media_type: str) -> None:
        super().__init__(size, fetch, safe_headers(filename, media_type))


def safe_headers(filename: str, media_type: str) -> dict[str, str]:
    """Headers that make browsers save the content, without a charset, and never run it."""
    return {
        "content-type": _safe_type(media_type),
        "content-disposition": disposition(filename),
        "content-security-policy": "default-src 'none'; sandbox",
    }


def _safe_type(media_type: str) -> str:
    essence = media_type.partition(";")[0].strip().lower()
    if not _MEDIA_TYPE.fullmatch(essence):
        return "application/octet-stream"
    return "text/plain" if _SCRIPT.fullmatch(essence) else essence


def disposition(filename: str) -> str:
    """The Content-Disposition header: the name in ASCII, and in UTF-8 (RFC 8187) if that differs."""
    name = safe_filename(filename)
    plain = "".join(c if c.isascii() and c not in '"\\%' else "_" for c in name)
    header = f'attachment; filename="{plain}"'
    return header if plain == name else f"{header}; filename*=UTF-8''{quote(name, safe='')}"


def safe_filename(filename: str) -> str:
    """The last part of a path, without control or format characters and leading dots, at most 150 characters."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", filename))[-1]
    visible = "".join(c for c in last if unicodedata.category(c)[0] != "C" and c not in "\u2028\u2029")
    return visible.strip(" .")[-_LONGEST_NAME:] or "attachment"
