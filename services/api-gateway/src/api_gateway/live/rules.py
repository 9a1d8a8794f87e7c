"""Rules about cursors (sequences of the event stream): which ones a reader can resume from."""

from datetime import datetime

from mayfly.records.live import StreamBounds


def is_ahead(cursor: int, bounds: StreamBounds) -> bool:
    """Whether the cursor is beyond the stream: the stream was recreated, or the cursor was never issued."""
    return cursor > bounds.last


def is_too_old(cursor: int, bounds: StreamBounds, since: datetime) -> bool:
    """Whether events after the cursor, of an inbox created at `since`, may already have been removed."""
    if cursor + 1 >= bounds.first:
        return False
    return bounds.messages == 0 or since < bounds.first_at
