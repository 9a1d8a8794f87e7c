"""Takes a raw mail apart as MailHog does: by its octets, without decoding anything. Pure.

Header lines are split at CRLF and named as they are written; a repeated field counts once, with its last value. Parts
are what stands between the delimiters, so a preamble is one, and so is the `--` at the end.
"""

import re
from collections.abc import Iterator
from itertools import islice

from msgspec import Struct

_MOST_PARTS = 1_000
_MOST_DELIMITERS = 10_000
_DEEPEST = 20
# A mail stands in an item as often: as a whole, its body, its parts; and what is below those may fill as much again.
COPIES = 6
_COPIES_BELOW = 3
_PARAMETER = re.compile(r';\s*+([^\s=;"]++)\s*+=\s*+(?:"((?:[^"\\]|\\.)*+)"|([^;\s"]*+))')
_BOUNDARY_CHARACTERS = 200


def go_name(name: str) -> str:
    """`mime` as MailHog spells it: `MIME`."""
    return {"id": "ID", "mime": "MIME", "from_": "From"}.get(name, name.title())


class Content(Struct, frozen=True, kw_only=True, rename=go_name):
    """A mail or one of its parts. `size` in octets; `mime`: the parts of a multipart that is a part itself."""

    headers: dict[str, list[str]]
    body: str
    size: int
    mime: "Parts | None" = None


class Parts(Struct, frozen=True, rename=go_name):
    parts: list[Content]


def read_mail(octets: bytes) -> tuple[Content, Parts | None]:
    """The mail, and its parts if it is a multipart."""
    headers, body = _split(octets)
    whole = Content(headers=headers, body=_text(body), size=len(octets))
    return whole, _Reader(len(octets) * _COPIES_BELOW).parts(headers, body, 0)


def raw_parts(octets: bytes) -> list[bytes]:
    """The octets of each part, by the numbers that they have in `read_mail`; empty if it is no multipart."""
    headers, body = _split(octets)
    return list(islice(_pieces(headers, body), _MOST_PARTS))


def part_body(part: bytes) -> tuple[dict[str, list[str]], bytes]:
    """The header fields of a part and its body, as sent."""
    return _split(part)


class _Reader:
    """Reads the parts of one mail: up to 1,000, 20 levels deep. What lies deeper stays in the body of its part.

    `octets`: that the parts of parts may have together, because each level repeats what is in the one above.
    """

    def __init__(self, octets: int) -> None:
        self._room = _MOST_PARTS
        self._octets = octets

    def parts(self, headers: dict[str, list[str]], body: bytes, depth: int) -> Parts | None:
        if not _is_multipart(headers) or depth >= _DEEPEST:
            return None
        if depth:
            self._octets -= len(body)
            if self._octets < 0:
                return None
        found: list[Content] = []
        for piece in _pieces(headers, body):
            if self._room <= 0:
                break
            self._room -= 1
            fields, inner = _split(piece)
            parts = self.parts(fields, inner, depth + 1)
            found.append(Content(headers=fields, body=_text(inner), size=len(piece), mime=parts))
        return Parts(found)


def _is_multipart(headers: dict[str, list[str]]) -> bool:
    return headers.get("Content-Type", [""])[0].startswith("multipart/")


def _pieces(headers: dict[str, list[str]], body: bytes) -> Iterator[bytes]:
    boundary = _boundary(headers.get("Content-Type", [""])[0])
    if not boundary or not _is_multipart(headers):
        return
    delimiter = b"--" + boundary.encode()
    start = 0
    for _ in range(_MOST_DELIMITERS):
        if start > len(body):
            return
        end = body.find(delimiter, start)
        end = len(body) if end < 0 else end
        if end > start:
            yield body[start:end].strip(b"\r\n")
        start = end + len(delimiter)


def _boundary(content_type: str) -> str:
    for name, quoted, plain in _PARAMETER.findall(content_type):
        if name.lower() == "boundary":
            return (re.sub(r"\\(.)", r"\1", quoted) or plain)[:_BOUNDARY_CHARACTERS]
    return ""


def _split(octets: bytes) -> tuple[dict[str, list[str]], bytes]:
    """Header fields and body; without an empty line all is body."""
    head, blank, body = octets.partition(b"\r\n\r\n")
    if not blank:
        return {}, octets
    fields: dict[str, list[str]] = {}
    last = ""
    for line in _text(head).split("\r\n"):
        name, colon, value = line.partition(": ")
        if last and line.startswith((" ", "\t")):
            fields[last] = [fields[last][0] + line]
        elif colon:
            fields[name] = [value]
            last = name
    return fields, body


def _text(octets: bytes) -> str:
    return octets.decode("utf-8", "replace")
