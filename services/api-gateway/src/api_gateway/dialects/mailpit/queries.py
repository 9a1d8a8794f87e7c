"""Query strings as Mailpit reads them: what has no meaning counts as left out."""

import re
from datetime import UTC
from typing import Annotated

from litestar.params import QueryParameter

from api_gateway.messages import parse_search, read_zone
from api_gateway.refusals import BadInput
from mayfly.records.search import Search

LISTED = 50
EVERYTHING = Search()
_MOST = 1_000_000
_NUMBER = re.compile(r"[0-9]{1,18}", re.ASCII)

Start = Annotated[str | None, QueryParameter(description="How many of the newest messages to leave out; 0 if absent")]
Limit = Annotated[str | None, QueryParameter(description="How many messages to list; 50 if absent")]
Before = Annotated[str | None, QueryParameter(description="Only messages received before this date")]
# Litestar has an argument `query` of its own.
Query = Annotated[str | None, QueryParameter(name="query", description="A search, in the language of docs/search.md")]
Zone = Annotated[str | None, QueryParameter(name="tz", description="Time zone of dates in the search; UTC if absent")]


def count_of(text: str | None, default: int, most: int = _MOST) -> int:
    """The number in `text`, at most `most`; `default` if it is absent, negative or no number."""
    return min(int(text), most) if text and _NUMBER.fullmatch(text) else default


def search_of(query: str | None, zone: str | None) -> Search:
    """The search. Raises BadInput for a blank one, BadSearch for one that is too long."""
    if not query or not query.strip():
        raise BadInput("Error: no search query")
    return parse_search(query.strip(), zone=read_zone(zone or "") or UTC, lenient=True)


def before_of(before: str | None) -> Search:
    """Only messages received before a date; all, if it is none."""
    date = (before or "").replace('"', "").strip()
    return parse_search(f'before:"{date}"', lenient=True) if date else EVERYTHING


def both(first: Search, second: Search) -> Search:
    return Search((*first.terms, *second.terms))
