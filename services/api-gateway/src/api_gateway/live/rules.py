"""Rules about cursors, which are sequences of the event stream."""

from datetime import datetime

from mayfly.records.live import StreamBounds


def is_ahead(cursor: int, bounds: StreamBounds) -> bool:
    """Whether the stream never got that far: it began anew, or the client made the cursor up."""
    return cursor > bounds.last


def is_too_old(cursor: int, bounds: StreamBounds, since: datetime) -> bool:
    """Whether events of an inbox that exists `since` then may have left the stream unseen."""
    if cursor + 1 >= bounds.first:
        return False
    return bounds.messages == 0 or since < bounds.first_at
