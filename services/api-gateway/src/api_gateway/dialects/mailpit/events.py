"""GET /api/events: a WebSocket that says what happens in the space, one JSON object in each text frame.

A frame is `{"Type", "Data"}`: `new` (a message as in lists), `stats`, `update` (read flag or tags), `delete`,
`truncate` (all were deleted) and `prune` (load the list again). Mailpit's `error` events do not exist.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import msgspec
from litestar import WebSocket, websocket
from litestar.exceptions import WebSocketDisconnect

from api_gateway import metrics
from api_gateway.dialects.doors import GivenSpace
from api_gateway.dialects.mailpit.info import VERSION
from api_gateway.dialects.mailpit.views import summary_of
from api_gateway.edge.credentials import Credentials
from api_gateway.edge.message_news import Change
from api_gateway.edge.parameters import Given, GivenCaller
from api_gateway.live import Closed, Counts, LiveHandlers, SpaceNotice, recheck
from mayfly.records.message import MessageOverview

# RFC 6455 section 7.4.1, and IANA's registry of close codes.
_CLOSINGS = {"ended": 1001, "refused": 1008, "stopping": 1012}
_TOO_BIG = 1009
# Clients have nothing to say; Mailpit reads and ignores it too.
_MOST_OCTETS = 4096
_encoder = msgspec.json.Encoder()


@websocket("/api/events", opt={"scope": "mailboxes:read"})
async def stream_events(
    socket: WebSocket[Any, Any, Any],
    space: GivenSpace,
    caller: GivenCaller,
    live: Given[LiveHandlers],
    credentials: Given[Credentials],
) -> None:
    async with live.spaces.watch(caller, space, recheck(socket, caller, credentials)) as notices:
        await socket.accept()
        telling = asyncio.create_task(_tell(socket, notices, live.spaces.stall_seconds))
        listening = asyncio.create_task(_listen(socket))
        try:
            ended, _ = await asyncio.wait({telling, listening}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (telling, listening):
                task.cancel()
            await asyncio.gather(telling, listening, return_exceptions=True)
        # Only now: while the server waits for a frame, it does not send a closing one.
        for code in filter(None, (task.result() for task in ended)):
            await socket.close(code)


async def _tell(
    socket: WebSocket[Any, Any, Any], notices: AsyncIterator[SpaceNotice], stall_seconds: float
) -> int | None:
    """Send frames until there are no more notices; returns the code to close with, None if nobody listens any more."""
    try:
        async for notice in notices:
            metrics.LIVE_NOTICES.labels(type(notice).__name__.lower()).inc()
            if isinstance(notice, Closed):
                return _CLOSINGS[notice.reason]
            for frame in frames_of(notice):
                async with asyncio.timeout(stall_seconds):
                    await socket.send_data(frame, mode="text")
    except TimeoutError:
        metrics.LIVE_DROPPED.inc()
    except WebSocketDisconnect:
        pass
    return None


async def _listen(socket: WebSocket[Any, Any, Any]) -> int | None:
    """Read frames until the client leaves, or sends more than a client has to say; returns the code to close with."""
    while True:
        message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            return None
        said: Any = message.get("bytes") or message.get("text") or ""
        if len(said) > _MOST_OCTETS:
            return _TOO_BIG


def frames_of(notice: MessageOverview | Change | Counts) -> Iterator[str]:
    """The frames that tell of one notice."""
    match notice:
        case MessageOverview():
            yield _frame("new", summary_of(notice))
        case Counts():
            yield _frame("stats", {"Total": notice.total, "Unread": notice.unread, "Version": VERSION})
        case Change(what="emptied"):
            yield _frame("truncate", None)
        case Change(what="anything"):
            yield _frame("prune", None)
        case Change():
            kind = "delete" if notice.what == "deleted" else "update"
            changed = _changed(notice)
            for message_id in notice.ids:
                yield _frame(kind, {"ID": message_id, **changed})


def _changed(change: Change) -> dict[str, object]:
    match change.what:
        case "read" | "unread":
            return {"Read": change.what == "read"}
        case "tagged":
            return {"Tags": change.tags}
    return {}


def _frame(kind: str, data: object) -> str:
    return _encoder.encode({"Type": kind, "Data": data}).decode()
