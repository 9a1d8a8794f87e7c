"""Reads the fields List-Unsubscribe (RFC 2369) and List-Unsubscribe-Post (RFC 8058) of a message. Pure."""

import re

from api_gateway.dialects.mailpit.views import ListUnsubscribe
from mayfly.records.message import Message

_LONGEST = 4_000
_COMMENT = re.compile(r"\([^()]*\)")
_LINKS = re.compile(r"<[^<>]*>(?:\s*,\s*<[^<>]*>)*")
_LINK = re.compile(r"<([^<>]*)>")
_KINDS = {"mailto:": "mailto:", "http:": "HTTP link", "https:": "HTTP link"}
_MOST_LINKS = 2


def list_unsubscribe_of(message: Message) -> ListUnsubscribe:
    """The links for leaving a list: at most one `mailto:` and one web page."""
    fields = {name.lower(): value for name, value in message.headers}
    header = fields.get("list-unsubscribe", "").strip()
    links, faults = _links_of(_COMMENT.sub("", header[:_LONGEST]).strip()) if header else ([], [])
    return ListUnsubscribe(
        header=header, links=links, errors=", ".join(faults), header_post=fields.get("list-unsubscribe-post", "")
    )


def _links_of(value: str) -> tuple[list[str], list[str]]:
    written = _LINK.findall(value)
    if not written:
        return [], [f'"{value}" no valid unsubscribe links found']
    if not _LINKS.fullmatch(value):
        return [], [f'"{value}" should be links enclosed in <>, split with commas']
    if len(written) > _MOST_LINKS:
        return [], [f'"{value}" should include a maximum of one email and one HTTP link']
    links: dict[str, str] = {}
    faults = []
    for link in written:
        kind = _KINDS.get(link.partition(":")[0].lower() + ":")
        if any(map(str.isspace, link)):
            faults.append(f'"{link}" should not contain spaces')
        elif kind is None:
            faults.append(f'"{link}" should start with either http(s):// or mailto:')
        elif kind in links:
            faults.append(f'"{link}" should only contain one {kind}')
        else:
            links[kind] = link
    return list(links.values()), faults
