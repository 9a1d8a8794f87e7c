"""Writes the notices of event streams as server-sent events (HTML standard, section 9.2); for the routes of streams."""

from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import Request
from litestar.openapi.datastructures import ResponseSpec

from api_gateway import metrics
from api_gateway.edge.known_inboxes import InboxChange
from api_gateway.edge.message_news import Change
from api_gateway.edge.paging import parse_cursor
from api_gateway.live.following import Ended
from api_gateway.live.watch import Connected, Notice, Ping, Refused, Reset, Retry
from mayfly.events.facts import Fact, InboxDeleted, InboxExpired, MessageStored
from mayfly.records.live import LiveEvent


def stream_response(until: str) -> dict[int, ResponseSpec]:
    """The response of a stream, for the document."""
    description = f"Server-sent events, {until}"
    spec = ResponseSpec(str, generate_examples=False, description=description, media_type="text/event-stream")
    return {200: spec}


def cursor_of(request: Request[Any, Any, Any], after: str | None) -> int | None:
    """Where to go on: `Last-Event-ID`, or else `after`. Raises BadInput."""
    cursor = parse_cursor(request.headers.get("last-event-id"), "Last-Event-ID")
    return parse_cursor(after, "after") if cursor is None else cursor


def render_for_account(notice: Notice) -> bytes:
    """As `render`, for the stream of an account: events name their inbox."""
    match notice:
        case LiveEvent(fact=MessageStored() as stored):
            return _counted(
                notice, _event("message", {**_message(stored), "inbox_id": stored.inbox_id}, notice.sequence)
            )
        case LiveEvent(fact=InboxExpired() as ended) | LiveEvent(fact=InboxDeleted() as ended):
            name = "expired" if isinstance(ended, InboxExpired) else "deleted"
            data = {"inbox_id": ended.inbox_id, "address": ended.address}
            return _counted(notice, _event(name, data, notice.sequence))
        case Connected():
            return _counted(notice, _event("connected", {"cursor": notice.cursor}, notice.cursor))
        case Reset():
            return _counted(notice, _event("reset", {"reason": notice.reason}))
    return render(notice)


def render(notice: Notice) -> bytes:
    """The notice as octets of a `text/event-stream`; counts it."""
    return _counted(notice, _rendered(notice))


def _counted(notice: Notice, octets: bytes) -> bytes:
    metrics.LIVE_NOTICES.labels(type(notice).__name__.lower()).inc()
    return octets


def _rendered(notice: Notice) -> bytes:  # noqa: PLR0911 - a table, one line a notice
    match notice:
        case LiveEvent():
            return _event("message", _message(notice.fact), notice.sequence)
        case Change():
            data = {"inbox_id": notice.inbox_id, "what": notice.what, "ids": notice.ids, "tags": notice.tags}
            return _event("change", data)
        case InboxChange():
            data = {"inbox_id": notice.inbox_id, "address": notice.address, "what": notice.what}
            return _event("inbox", data)
        case Connected():
            return _event("connected", {"address": notice.address}, notice.cursor)
        case Reset():
            return _event("reset", {"address": notice.address, "reason": notice.reason})
        case Ended():
            return _event(notice.reason, {"address": notice.address})
        case Refused():
            return _event("refused", {})
        case Retry():
            return b"retry: %d\n\n" % notice.milliseconds
        case Ping():
            return _event("ping", {})


def _message(fact: Fact) -> dict[str, object]:
    assert isinstance(fact, MessageStored)
    return {
        "type": "new_message",
        "id": fact.message_id,
        "from": fact.from_address,
        "subject": fact.subject,
        "has_otp": bool(fact.otp),
        "inbox": fact.address,
    }


def _event(name: str, data: Mapping[str, object], cursor: int | None = None) -> bytes:
    lines = b"event: " + name.encode() + b"\ndata: " + msgspec.json.encode(data) + b"\n"
    return lines + (b"id: %d\n\n" % cursor if cursor is not None else b"\n")
