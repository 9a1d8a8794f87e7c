"""Cursors of paged lists: the id of the last entry, since ids sort by age."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

from api_gateway.refusals import BadInput

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some entries, and the cursor of those after them; None at the end."""

    entries: Sequence[T]
    next_cursor: str | None


def page(found: Sequence[T], limit: int, id_of: Callable[[T], str]) -> Page[T]:
    """The page in `found`, which was asked for one entry more than `limit` to see whether there are more."""
    entries = found[:limit]
    return Page(entries, id_of(entries[-1]) if len(found) > limit else None)


def parse_page_cursor(text: str | None) -> str | None:
    """Raises BadInput for what no page has given as its cursor."""
    if text is not None and not is_id(text):
        raise BadInput("not a cursor of ours", field="cursor")
    return text


def is_id(text: str) -> bool:
    """Whether it is a UUID in its usual form, as all ids are."""
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


_DIGITS = 18  # any of them fits the 64 bits of a stream sequence


def parse_cursor(text: str | None, field: str) -> int | None:
    """The cursor in `text`. Raises BadInput for what cannot be one of ours."""
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS):
        raise BadInput("not a cursor of ours", field=field)
    return int(text)
