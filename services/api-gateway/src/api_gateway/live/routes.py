"""/api/v1/sse: streams the events of an inbox as server-sent events (HTML standard, section 9.2)."""

from typing import Any

import msgspec
from litestar import Request, Router, get
from litestar.openapi.datastructures import ResponseSpec

from api_gateway import metrics
from api_gateway.edge.credentials import Credentials
from api_gateway.edge.paging import parse_cursor
from api_gateway.edge.parameters import After, Given, GivenCaller, InboxName, LastEventId, Ticket
from api_gateway.live.event_stream import EventStream
from api_gateway.live.following import Ended
from api_gateway.live.handlers import LiveHandlers
from api_gateway.live.rechecking import recheck
from api_gateway.live.watch import Connected, Notice, Ping, Refused, Reset, Retry
from mayfly.events.facts import MessageStored
from mayfly.records.live import LiveEvent

_STREAM = ResponseSpec(
    str, generate_examples=False, description="Server-sent events, until the inbox ends", media_type="text/event-stream"
)


@get("/inbox/{address:str}", opt={"scope": "mailboxes:read", "ticket": True}, responses={200: _STREAM})
async def stream_inbox(
    *,
    request: Request[Any, Any, Any],
    address: InboxName,
    caller: GivenCaller,
    live: Given[LiveHandlers],
    credentials: Given[Credentials],
    last_event_id: LastEventId = None,  # noqa: ARG001 - declared for the document
    after: After = None,
    ticket: Ticket = None,  # noqa: ARG001 - declared for the document; edge.admission redeems it
) -> EventStream[Notice]:
    """Stream the events of an inbox: `connected`, then `message` for every mail, until `expired` or `deleted`.

    A `ping` is sent every 15 s. The `id` of each `message` is a cursor: send it as `Last-Event-ID` (or as `after` on a
    first connection) to resume on any gateway without gaps or duplicates. `reset`: the cursor is unknown or older than
    a day, so list the messages again. `refused`: the credentials were revoked. If the stream ends after a `retry`
    field, reconnect after that many milliseconds.
    """
    cursor = parse_cursor(request.headers.get("last-event-id"), "Last-Event-ID")
    if cursor is None:
        cursor = parse_cursor(after, "after")
    notices = live.streams.watch(caller, address, cursor, recheck(request, caller, credentials))
    return EventStream(notices, render, stall_seconds=live.streams.stall_seconds)


def render(notice: Notice) -> bytes:  # noqa: PLR0911 - a table, one line a notice
    """The notice as octets of a `text/event-stream`; counts it."""
    metrics.LIVE_NOTICES.labels(type(notice).__name__.lower()).inc()
    match notice:
        case LiveEvent():
            return _event("message", _message(notice), notice.sequence)
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


def _message(event: LiveEvent) -> dict[str, object]:
    fact = event.fact
    assert isinstance(fact, MessageStored)
    return {
        "type": "new_message",
        "id": fact.message_id,
        "from": fact.from_address,
        "subject": fact.subject,
        "has_otp": bool(fact.otp),
        "inbox": fact.address,
    }


def _event(name: str, data: dict[str, object], cursor: int | None = None) -> bytes:
    lines = b"event: " + name.encode() + b"\ndata: " + msgspec.json.encode(data) + b"\n"
    return lines + (b"id: %d\n\n" % cursor if cursor is not None else b"\n")


ROUTES: list[Any] = [Router("/api/v1/sse", tags=["live"], route_handlers=[stream_inbox])]
