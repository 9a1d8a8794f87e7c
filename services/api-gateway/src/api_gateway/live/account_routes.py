"""GET /api/v1/sse/messages: streams the events of all inboxes of an account."""

from typing import Any

from litestar import Request, Router, get

from api_gateway.edge.credentials import Credentials
from api_gateway.edge.parameters import After, Given, GivenCaller, LastEventId, WithChanges
from api_gateway.live.event_stream import EventStream
from api_gateway.live.handlers import LiveHandlers
from api_gateway.live.rechecking import recheck
from api_gateway.live.rendering import cursor_of, render_for_account, stream_response
from api_gateway.live.watch import Notice


@get("/messages", opt={"needs": "account", "scope": "mailboxes:read"}, responses=stream_response("until you leave"))
async def stream_account(
    *,
    request: Request[Any, Any, Any],
    caller: GivenCaller,
    live: Given[LiveHandlers],
    credentials: Given[Credentials],
    last_event_id: LastEventId = None,  # noqa: ARG001 - declared for the document
    after: After = None,
    changes: WithChanges = False,
) -> EventStream[Notice]:
    """Stream the events of all your inboxes and spaces, also of those that are made later.

    As the stream of an inbox, but `message` has `inbox_id`, and `expired` and `deleted` say which inbox has ended: the
    stream goes on. The cursor is the same. With `changes`, `change` tells of marks, tags and deletions, and `inbox` of
    inboxes that were created, changed or deleted; neither has an `id`.
    """
    notices = live.accounts.watch(
        caller, cursor_of(request, after), recheck(request, caller, credentials), changes=changes
    )
    return EventStream(notices, render_for_account, stall_seconds=live.accounts.stall_seconds)


ROUTES: list[Any] = [Router("/api/v1/sse", tags=["live"], route_handlers=[stream_account])]
