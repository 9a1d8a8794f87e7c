"""/api/v1/sse: streams the events of an inbox as server-sent events (HTML standard, section 9.2)."""

from typing import Any

from litestar import Request, Router, get

from api_gateway.edge.credentials import Credentials
from api_gateway.edge.parameters import After, Given, GivenCaller, InboxName, LastEventId, Ticket, WithChanges
from api_gateway.live.event_stream import EventStream
from api_gateway.live.handlers import LiveHandlers
from api_gateway.live.rechecking import recheck
from api_gateway.live.rendering import cursor_of, render, stream_response
from api_gateway.live.watch import Notice


@get(
    "/inbox/{address:str}",
    opt={"scope": "mailboxes:read", "ticket": "stream"},
    responses=stream_response("until the inbox ends"),
)
async def stream_inbox(
    *,
    request: Request[Any, Any, Any],
    address: InboxName,
    caller: GivenCaller,
    live: Given[LiveHandlers],
    credentials: Given[Credentials],
    last_event_id: LastEventId = None,  # noqa: ARG001 - declared for the document
    after: After = None,
    changes: WithChanges = False,
    ticket: Ticket = None,  # noqa: ARG001 - declared for the document; edge.admission redeems it
) -> EventStream[Notice]:
    """Stream the events of an inbox: `connected`, then `message` for every mail, until `expired` or `deleted`.

    A `ping` is sent every 15 s. The `id` of each `message` is a cursor: send it as `Last-Event-ID` (or as `after` on a
    first connection) to resume on any gateway without gaps or duplicates. `reset`: the cursor is unknown or older than
    a day, so list the messages again. `refused`: the credentials were revoked. If the stream ends after a `retry`
    field, reconnect after that many milliseconds. With `changes`, `change` tells of marks, tags and deletions by any
    client; it has no `id`.
    """
    notices = live.streams.watch(
        caller, address, cursor_of(request, after), recheck(request, caller, credentials), changes=changes
    )
    return EventStream(notices, render, stall_seconds=live.streams.stall_seconds)


ROUTES: list[Any] = [Router("/api/v1/sse", tags=["live"], route_handlers=[stream_inbox])]
