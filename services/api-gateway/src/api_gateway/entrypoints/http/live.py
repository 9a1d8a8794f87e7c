"""/api/v1/sse: server-sent events (HTML standard, section 9.2)."""

from collections.abc import AsyncIterator
from typing import Any

import msgspec
from litestar import Router, get
from litestar.response import Stream

from api_gateway.entrypoints.http.given import GivenCaller, GivenCalls, InboxName, LastEventId
from api_gateway.errors import BadInput
from api_gateway.handlers.live import Connected, Ended, Notice, Ping
from mayfly.bus.live import LiveEvent
from mayfly.events.facts import MessageStored


@get("/inbox/{address:str}", opt={"scope": "mailboxes:read"})
async def stream_inbox(
    address: InboxName, caller: GivenCaller, calls: GivenCalls, last_event_id: LastEventId = None
) -> Stream:
    """`connected`, then a `message` for every mail, with `ping` every 15 s, until `expired` or `deleted`."""
    notices = await calls.live.watch(caller, address, _cursor(last_event_id))
    return Stream(_lines(notices), media_type="text/event-stream")


async def _lines(notices: AsyncIterator[Notice]) -> AsyncIterator[bytes]:
    try:
        async for notice in notices:
            yield render(notice)
    finally:
        await notices.aclose()  # type: ignore[attr-defined]  # `watch` gives a generator


def render(notice: Notice) -> bytes:
    """The notice as an event of the stream."""
    match notice:
        case Connected():
            return _event("connected", {"address": notice.address}, notice.cursor)
        case LiveEvent():
            return _event("message", _message(notice), notice.sequence)
        case Ended():
            return _event(notice.reason, {"address": notice.address})
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


def _cursor(text: str | None) -> int | None:
    if text is None:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 18:  # noqa: PLR2004 - fits a stream sequence
        raise BadInput("not an id of ours", field="Last-Event-ID")
    return int(text)


ROUTES: list[Any] = [Router("/api/v1/sse", tags=["live"], route_handlers=[stream_inbox])]
