"""Reads the Date field (RFC 5322 section 3.3). Called by the stage `header_fields`."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from message_parser.domain.comments import without_comments

_BLANKS = re.compile(r"\s+(?=[,:])|(?<=:)\s+")
_LEAP_SECOND = re.compile(r"(?<=\d:[0-5]\d):60\b")
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
_LATEST = datetime(2100, 1, 1, tzinfo=UTC)


def read_date(value: bytes) -> datetime | None:
    """The moment in UTC; None if it cannot be read or is not between 1990 and 2100."""
    try:
        moment = _read(value[:200].decode("ascii", "replace").strip())
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment if _EARLIEST <= moment <= _LATEST else None


def _read(text: str) -> datetime:
    """The grammar of RFC 5322 with its obsolete forms; ISO 8601 too, which some senders write instead."""
    try:
        return parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        pass
    try:
        return parsedate_to_datetime(_simplified(text))
    except (ValueError, TypeError, IndexError):
        return datetime.fromisoformat(text)


def _simplified(text: str) -> str:
    """Without comments, blanks within the time, and a leap second, which the standard library does not read."""
    return _LEAP_SECOND.sub(":59", _BLANKS.sub("", without_comments(text)))
