"""Links of a message."""

import re
from collections.abc import Sequence

from mayfly.store.message import Link
from message_parser.domain import limits
from message_parser.domain.html_text import Anchor

_BARE = re.compile(r"(?i)\bhttps?://[^\s<>\"'\x00-\x1f]{1,8000}")


def find_links(anchors: Sequence[Anchor], text: str) -> list[Link]:
    found: dict[str, Link] = {}
    for anchor in anchors:
        url = "".join(anchor.url.split())
        if url.lower().startswith(("http://", "https://")) and len(url) <= limits.MAX_URL_CHARACTERS:
            found.setdefault(url, Link(url=url, text=anchor.text))
    for match in _BARE.finditer(text):
        url = match.group().rstrip(".,;:!?)]}'\"")
        found.setdefault(url, Link(url=url))
    return list(found.values())[: limits.MAX_LINKS]
