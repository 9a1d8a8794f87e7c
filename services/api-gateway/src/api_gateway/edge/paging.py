"""Cursors of paged lists: the id of the last entry, since ids sort by age."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

from api_gateway.refusals import BadInput

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Entries of a list, and the cursor of the next page; None on the last page."""

    entries: Sequence[T]
    next_cursor: str | None


def page(found: Sequence[T], limit: int, id_of: Callable[[T], str]) -> Page[T]:
    """Cut `found` to `limit` entries. Query one entry more than `limit`: it shows whether there is a next page."""
    entries = found[:limit]
    return Page(entries, id_of(entries[-1]) if len(found) > limit else None)


def parse_page_cursor(text: str | None) -> str | None:
    """The cursor of a paged list, unchanged. Raises BadInput if it is not an id."""
    if text is not None and not is_id(text):
        raise BadInput("not a valid cursor", field="cursor")
    return text


def is_id(text: str) -> bool:
    """Whether `text` is a UUID in canonical form, as all ids are."""
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


_DIGITS = 18  # every number of 18 digits fits the 64 bits of a stream sequence


def parse_cursor(text: str | None, field: str) -> int | None:
    """The numeric cursor in `text`, a stream sequence; None if absent or empty. Raises BadInput for other text."""
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS):
        raise BadInput("not a valid cursor", field=field)
    return int(text)
