"""GET /api/v2/messages and /api/v2/search: pages of messages with their whole content.

A page ends early where its mails have more than 8 MiB together: MailHog's clients have no other call for a message.
"""

from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
from litestar import Response, get
from litestar.params import QueryParameter

from api_gateway.dialects.mailhog.content import COPIES
from api_gateway.dialects.mailhog.views import Items, item_of
from api_gateway.dialects.mailpit.call import Call, GivenCall
from api_gateway.dialects.mailpit.options import READ
from api_gateway.dialects.mailpit.queries import count_of
from api_gateway.edge.large_responses import Fetched
from api_gateway.refusals import NotFound
from mayfly.mail.folding import fold
from mayfly.records.message import FoundMessage
from mayfly.records.search import Contains, Field, Search, Term

JSON = {"content-type": "text/json"}
_FOUND = {"content-type": "application/json"}
_LISTED, _MOST = 50, 250
_PAGE_OCTETS = 8 * 1024 * 1024
_AT_ONCE = 20
# MailHog looks for recipients in the envelope: in the mail, they are in one of these fields.
_FIELDS: dict[str, tuple[Field, ...]] = {"from": ("from",), "to": ("to", "cc", "bcc"), "containing": ("any",)}

Start = Annotated[str | None, QueryParameter(description="How many of the newest messages to leave out; 0 if absent")]
Limit = Annotated[str | None, QueryParameter(description="How many messages to list; 50 if absent, 250 at most")]
Kind = Annotated[str | None, QueryParameter(description="Where to search: `from`, `to` or `containing`")]
Query = Annotated[str | None, QueryParameter(name="query", description="Text to search for, in any case")]


@get("/api/v2/messages", opt=READ)
async def list_messages(call: GivenCall, start: Start = None, limit: Limit = None) -> Response[Any]:
    """List messages with their content, newest first."""
    return await _page(call, await call.matching(), JSON, start, limit)


@get("/api/v2/search", opt=READ)
async def search_messages(
    call: GivenCall, kind: Kind = None, wanted: Query = None, start: Start = None, limit: Limit = None
) -> Response[Any]:
    """List the messages with a text in sender, recipients or anywhere, with their content, newest first."""
    if kind not in _FIELDS or not wanted:
        return Response(b"", status_code=400)
    text = fold(wanted)
    searches = [Search((Term(Contains(field, text)),)) for field in _FIELDS[kind]] if text else [Search()]
    found = {message.id: message for search in searches for message in await call.matching(search)}
    newest_first = [found[message_id] for message_id in sorted(found, reverse=True)]
    return await _page(call, newest_first, _FOUND, start, limit)


async def _page(
    call: Call, found: Sequence[FoundMessage], headers: dict[str, str], start: str | None, limit: str | None
) -> Response[Any]:
    first, most = count_of(start, 0), count_of(limit, _LISTED, _MOST) or _LISTED
    overviews = await call.messages.search.overviews(found[first : first + most])
    shown: list[str] = []
    octets = 0
    for overview in overviews:
        octets += overview.raw_size
        if shown and octets > _PAGE_OCTETS:
            break
        shown.append(overview.id)

    async def encoded() -> bytes:
        items: list[msgspec.Raw] = []
        for message_id in shown:
            try:
                message = await call.messages.read.without_bodies(call.caller, message_id)
                item = item_of(message, await call.messages.read.raw(message))
            except NotFound:
                continue  # deleted meanwhile
            items.append(msgspec.Raw(msgspec.json.encode(item)))
        return msgspec.json.encode(Items(total=len(found), count=len(items), start=first, items=items))

    return Fetched(min(octets, _PAGE_OCTETS) * COPIES, encoded, headers)
