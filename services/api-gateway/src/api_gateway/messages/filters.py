"""Reads the filters of message lists from the query string; shared by the list of an inbox and that of an account."""

from datetime import UTC, datetime

from api_gateway.messages.moments import read_zone
from api_gateway.messages.search_terms import parse_search
from api_gateway.refusals import BadInput, rejecting
from mayfly.records.message import MessageFilter
from mayfly.records.search import Search


def message_filter(
    *,
    q: str | None,
    tz: str | None,
    sender: str | None,
    recipient: str | None,
    subject: str | None,
    has_otp: bool | None,
    unread: bool | None,
    since: datetime | None,
) -> MessageFilter:
    """The filter that these parameters of a list ask for. Raises BadInput."""
    return MessageFilter(
        search=_search(q, tz),
        sender=_printable(sender, "from"),
        recipient=_printable(recipient, "to"),
        subject=_printable(subject, "subject"),
        has_otp=has_otp,
        unread=unread,
        since=_with_zone(since),
    )


def _printable(text: str | None, field: str) -> str | None:
    if text is not None and "\0" in text:
        raise BadInput("must not contain NUL", field=field)
    return text


def _search(text: str | None, zone_name: str | None) -> Search | None:
    zone = UTC if zone_name is None else read_zone(zone_name)
    if zone is None:
        raise BadInput("not a known time zone; use a name such as Europe/Berlin", field="tz")
    if (words := _printable(text, "q")) is None:
        return None
    with rejecting("q"):
        return parse_search(words, zone=zone)


def _with_zone(moment: datetime | None) -> datetime | None:
    """The moment with its zone; UTC if it has none."""
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment
