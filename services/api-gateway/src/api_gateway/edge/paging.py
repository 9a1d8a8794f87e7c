"""Cursors of paged lists: the id of the last entry, since ids sort by age; with its time where they do not."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
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


@dataclass(frozen=True, slots=True)
class TimeCursor:
    """The place of an entry in a list that is sorted by time, then by id. `moment`: in whole milliseconds."""

    moment: datetime
    id: str

    def __str__(self) -> str:
        return f"{(self.moment - _EPOCH) // _MILLISECOND}-{self.id}"


def parse_time_cursor(text: str | None) -> TimeCursor | None:
    """The cursor in `text`; None if absent. Raises BadInput for other text."""
    if text is None:
        return None
    moment, _, entry_id = text.partition("-")
    if not (_MOMENT.fullmatch(moment) and _ENTRY_ID.fullmatch(entry_id)):
        raise BadInput("not a valid cursor", field="cursor")
    return TimeCursor(_EPOCH + int(moment) * _MILLISECOND, entry_id)


_EPOCH, _MILLISECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(milliseconds=1)
_MOMENT = re.compile(r"[0-9]{1,14}", re.ASCII)  # of the years 1970 to 5138
_ENTRY_ID = re.compile(r"[0-9a-z-]{1,36}", re.ASCII)

_DIGITS = 18  # every number of 18 digits fits the 64 bits of a stream sequence


def parse_cursor(text: str | None, field: str) -> int | None:
    """The numeric cursor in `text`, a stream sequence; None if absent or empty. Raises BadInput for other text."""
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS):
        raise BadInput("not a valid cursor", field=field)
    return int(text)
