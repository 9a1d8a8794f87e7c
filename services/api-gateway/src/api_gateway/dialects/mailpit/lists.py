"""The list of the space and searches in it: reading, marking and deleting."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from litestar import Response, delete, get, put
from litestar.response import Stream

from api_gateway.dialects.mailpit.bodies import read_body
from api_gateway.dialects.mailpit.call import Call, GivenCall
from api_gateway.dialects.mailpit.options import READ, WRITE, ok, text
from api_gateway.dialects.mailpit.queries import (
    EVERYTHING,
    LISTED,
    Before,
    Limit,
    Query,
    Start,
    Zone,
    before_of,
    both,
    count_of,
    search_of,
)
from api_gateway.dialects.mailpit.views import Messages, in_order, summary_of
from api_gateway.messages import MessageHandlers
from api_gateway.refusals import BadInput
from mayfly.records.message import FoundMessage

_AT_ONCE = 100
_NOT_BOTH = "You may specify either IDs or a search query, not both"


class Ids(msgspec.Struct, frozen=True):
    ids: list[str] = []


class ReadStatus(msgspec.Struct, frozen=True):
    read: bool = False
    ids: list[str] = []
    search: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """`every` message of the space, those `found`, and those of them that are `shown`, from the one at `start`.

    `tags`: of the space, with the number of messages that have each.
    """

    every: Sequence[FoundMessage]
    tags: Mapping[str, int]
    found: Sequence[FoundMessage]
    shown: Sequence[FoundMessage]
    start: int


@get("/api/v1/messages", opt=READ)
async def list_messages(
    call: GivenCall, start: Start = None, limit: Limit = None, before: Before = None
) -> Response[Any]:
    """List the messages of the space, newest first. `limit` 0: all of them, whatever `start` says."""
    earlier = before_of(before)
    every, tags = await asyncio.gather(call.matching(), call.tags())
    listed = every if earlier == EVERYTHING else await call.matching(earlier)
    first, most = count_of(start, 0), count_of(limit, LISTED)
    shown = listed[first : first + most] if most else listed
    return await _respond(call, Page(every, tags, every, shown, first))


@put("/api/v1/messages", opt=WRITE)
async def set_read_status(call: GivenCall, tz: Zone = None) -> Response[str]:
    """Mark messages as read or unread: those in `IDs`, those that `Search` finds, or without both every one."""
    asked = await read_body(call.request, ReadStatus)
    if asked.ids and asked.search:
        raise BadInput(_NOT_BOTH)
    messages = call.messages
    if asked.ids:
        ids = await messages.change.among(call.space, asked.ids)
        await messages.change.mark_among(call.space, ids, is_read=asked.read)
    else:
        search = search_of(asked.search, tz) if asked.search else EVERYTHING
        await messages.search.mark(call.caller, call.space.id, search, is_read=asked.read)
    return ok()


@delete("/api/v1/messages", status_code=200, opt=WRITE)
async def delete_messages(call: GivenCall) -> Response[str]:
    """Delete messages: those in `IDs`, or without any every one of the space. Unknown ids are ignored.

    Without a field Accept the response has no body: MailHog's clients send none, and read every body as JSON.
    """
    asked, change = await read_body(call.request, Ids, empty=Ids()), call.messages.change
    if asked.ids:
        await change.delete_among(call.space, await change.among(call.space, asked.ids))
    else:
        await change.delete_all(call.caller, call.space.id)
    return ok() if "accept" in call.request.headers else text("", 200, media_type="text/json")


@get("/api/v1/search", opt=READ)
async def search(  # noqa: PLR0917 - query parameters, given by name
    call: GivenCall,
    wanted: Query = None,
    tz: Zone = None,
    start: Start = None,
    limit: Limit = None,
    before: Before = None,
) -> Response[Any]:
    """Search the messages of the space, newest first. `limit` 0: none, only their number."""
    asked = both(search_of(wanted, tz), before_of(before))
    found, every, tags = await asyncio.gather(call.matching(asked), call.matching(), call.tags())
    first = count_of(start, 0)
    shown = found[first : first + count_of(limit, LISTED)]
    return await _respond(call, Page(every, tags, found, shown, first))


@delete("/api/v1/search", status_code=200, opt=WRITE)
async def delete_search(call: GivenCall, wanted: Query = None, tz: Zone = None) -> Response[str]:
    """Delete the messages that a search finds."""
    await call.messages.search.delete(call.caller, call.space.id, search_of(wanted, tz))
    return ok()


async def _respond(call: Call, page: Page) -> Response[Any]:
    """The response with a page. A long one is read and sent in pieces."""
    head = Messages(
        total=len(page.every),
        unread=_unread(page.every),
        count=len(page.shown),
        messages_count=len(page.found),
        messages_unread=_unread(page.found),
        start=page.start,
        tags=in_order(page.tags),
    )
    if len(page.shown) > _AT_ONCE:
        return Stream(_pieces(call.messages, head, page.shown), media_type="application/json")
    overviews = await call.messages.search.overviews(page.shown) if page.shown else []
    whole = msgspec.structs.replace(head, messages=[summary_of(overview) for overview in overviews])
    return Response(whole, media_type="application/json")


async def _pieces(messages: MessageHandlers, head: Messages, shown: Sequence[FoundMessage]) -> AsyncIterator[bytes]:
    yield msgspec.json.encode(head).removesuffix(b"]}")
    comma = b""
    for begin in range(0, len(shown), _AT_ONCE):
        overviews = await messages.search.overviews(shown[begin : begin + _AT_ONCE])
        if overviews:
            yield comma + b",".join(msgspec.json.encode(summary_of(overview)) for overview in overviews)
            comma = b","
    yield b"]}"


def _unread(found: Sequence[FoundMessage]) -> int:
    return sum(not message.is_read for message in found)
