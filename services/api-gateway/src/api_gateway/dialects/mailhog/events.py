"""GET /api/v1/events: server-sent events, one for each message that arrives, with its content."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import msgspec
from litestar import get

from api_gateway.dialects.mailhog.views import item_of
from api_gateway.dialects.mailpit.call import GivenCall
from api_gateway.edge.credentials import Credentials
from api_gateway.edge.parameters import Given
from api_gateway.live import EventStream, LiveHandlers, Notice, recheck
from api_gateway.refusals import NotFound
from mayfly.events.facts import MessageStored
from mayfly.records.live import LiveEvent

# MailHog's, a field that no client knows.
_KEEP_ALIVE = b"keepalive: \n\n"


@get("/api/v1/events", opt={"scope": "mailboxes:read"})
async def stream_events(
    call: GivenCall, live: Given[LiveHandlers], credentials: Given[Credentials]
) -> EventStream[bytes]:
    """Stream the messages that arrive from now on."""
    notices = live.streams.watch(call.caller, call.space.id, None, recheck(call.request, call.caller, credentials))

    async def rendered(notice: Notice) -> bytes:
        match notice:
            case LiveEvent(fact=MessageStored() as stored):
                try:
                    message = await call.messages.read.without_bodies(call.caller, stored.message_id)
                    item = item_of(message, await call.messages.read.raw(message))
                except NotFound:
                    return _KEEP_ALIVE  # deleted again
                return b"data: " + msgspec.json.encode(item) + b"\n\n"
        return _KEEP_ALIVE

    return EventStream(_each(notices, rendered), bytes, stall_seconds=live.streams.stall_seconds)


@asynccontextmanager
async def _each(
    entered: AbstractAsyncContextManager[AsyncIterator[Notice]], rendered: Any
) -> AsyncIterator[AsyncIterator[bytes]]:
    async with entered as notices:
        yield (await rendered(notice) async for notice in notices)
