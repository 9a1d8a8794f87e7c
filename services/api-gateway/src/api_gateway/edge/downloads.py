"""Octets from strangers, handed out so that no browser runs or misplaces them."""

import re
import unicodedata
from urllib.parse import quote

from litestar import Response

_MEDIA_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,100}/[a-z0-9!#$&^_.+-]{1,100}", re.ASCII)
_LONGEST_NAME = 150


def download(octets: bytes, filename: str, media_type: str) -> Response[bytes]:
    """An answer that a browser saves under `filename` and never shows (RFC 6266)."""
    return Response(
        octets,
        media_type=media_type if _MEDIA_TYPE.fullmatch(media_type) else "application/octet-stream",
        headers={
            "Content-Disposition": disposition(filename),
            "Content-Security-Policy": "default-src 'none'; sandbox",
        },
    )


def disposition(filename: str) -> str:
    """`attachment` with the name in ASCII, and in UTF-8 (RFC 8187) where that says more."""
    name = safe_filename(filename)
    plain = "".join(c if c.isascii() and c not in '"\\%' else "_" for c in name)
    header = f'attachment; filename="{plain}"'
    return header if plain == name else f"{header}; filename*=UTF-8''{quote(name, safe='')}"


def safe_filename(filename: str) -> str:
    """The last part of a path, without control and formatting characters, leading dots or undue length."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", filename))[-1]
    visible = "".join(c for c in last if unicodedata.category(c)[0] != "C" and c not in "\u2028\u2029")
    return visible.strip(" .")[-_LONGEST_NAME:] or "attachment"
