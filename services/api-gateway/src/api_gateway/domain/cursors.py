"""Cursors from clients: sequences of the event stream, as the API hands them out."""

from datetime import datetime

from api_gateway.errors import BadInput
from mayfly.records.live import StreamBounds

_DIGITS = 18  # any of them fits the 64 bits of a stream sequence


def parse_cursor(text: str | None, field: str) -> int | None:
    """The cursor in `text`. Raises BadInput for what cannot be one of ours."""
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS):
        raise BadInput("not a cursor of ours", field=field)
    return int(text)


def is_ahead(cursor: int, bounds: StreamBounds) -> bool:
    """Whether the stream never got that far: it began anew, or the client made the cursor up."""
    return cursor > bounds.last


def is_too_old(cursor: int, bounds: StreamBounds, since: datetime) -> bool:
    """Whether events of an inbox that exists `since` then may have left the stream unseen."""
    if cursor + 1 >= bounds.first:
        return False
    return bounds.messages == 0 or since < bounds.first_at
