"""/view/... and /search: what Mailpit's clients link to in their reports, as pages without a script.

`<ID>.html` and `<ID>.txt` are the bodies of a message; `<ID>` shows it with its fields. `latest` in the place of an id
is the newest message, or the newest that `query` finds. The HTML is made safe first (api_gateway.rendering).
"""

from typing import Annotated, Any

from litestar import Response, get
from litestar.params import PathParameter, QueryParameter

from api_gateway.dialects.doors import entry_of
from api_gateway.dialects.mailpit.call import LATEST, Call, GivenCall, NoLatest
from api_gateway.dialects.mailpit.options import PLAIN, READ, UTF_8, text
from api_gateway.dialects.mailpit.views import text_of
from api_gateway.edge.parameters import Given
from api_gateway.edge.web_routes import PageLink
from api_gateway.messages import parse_search
from api_gateway.refusals import NotFound
from api_gateway.rendering import pages
from mayfly.records.message import Message
from mayfly.records.search import Search

_LISTED = 100
_HTML = "text/html"

Name = Annotated[
    str, PathParameter(description="Id of the message, or `latest`; `.html` or `.txt` after it: only that body")
]
Embed = Annotated[str | None, QueryParameter(description="Accepted for Mailpit's clients; the page is the same")]
# Litestar has an argument `query` of its own.
Latest = Annotated[str | None, QueryParameter(name="query", description="With `latest`: a search of docs/search.md")]
Query = Annotated[str | None, QueryParameter(description="A search of docs/search.md; absent: all messages")]


@get("/view/{name:str}", opt=READ)
async def view_message(
    name: Name,
    call: GivenCall,
    embed: Embed = None,  # noqa: ARG001 - links always open in a window of their own
    wanted: Latest = None,  # noqa: ARG001 - read by `call`
) -> Response[Any]:
    """Show a message as a page, or its HTML or text alone. Marks it as read."""
    message_id, _, kind = name.partition(".")
    if name == LATEST:
        return await _to_latest(call)
    try:
        message = await call.open(message_id)
    except NotFound as missing:
        raise NoLatest from missing
    return await _shown(call, message, kind)


@get("/search", opt=READ)
async def search_page(call: GivenCall, page_link: Given[PageLink], q: Query = None) -> Response[str]:
    """List the messages that a search finds, as a page; the 100 newest at most."""
    search = parse_search(q, lenient=True) if q else Search()
    found = (await call.matching(search))[:_LISTED]
    entries = [
        (f"view/{entry.id}", entry.subject, f"{entry.from_address} · {entry.received_at:%Y-%m-%d %H:%M:%S} UTC")
        for entry in await call.messages.search.overviews(found)
    ]
    title = f"Messages found by {q}" if q else "Messages"
    is_open = entry_of(call.request.scope).is_open
    page = page_link.seen_by(call.request.headers.get("host", "")) if is_open else ""
    links = [("All of Mayfly's web page", page)] if page else []
    return Response(pages.list_page(title, entries, links), media_type=_HTML, headers=pages.PAGE_HEADERS)


async def _to_latest(call: Call) -> Response[str]:
    """A redirect to the newest message, or to the list without one; relative, so that the path keeps its prefix."""
    try:
        location = await call.resolve(LATEST)
    except NoLatest:
        location = "../search"
    return Response("", status_code=302, media_type=_HTML, headers={"location": location})


async def _shown(call: Call, message: Message, kind: str) -> Response[str]:
    match kind:
        case "html" if message.html:
            page = await call.messages.show.html(call.caller, message)
            return Response(page, media_type=_HTML, headers=pages.MAIL_HEADERS)
        case "html":
            return text("This message does not contain a HTML part", 404, media_type=UTF_8)
        case "txt":
            return Response(text_of(message), media_type=PLAIN, headers=pages.TEXT_HEADERS)
        case "":
            return Response(_page(message), media_type=_HTML, headers=pages.PAGE_HEADERS)
    raise NoLatest


def _page(message: Message) -> str:
    links = [("text", f"{message.id}.txt"), ("source", f"../api/v1/message/{message.id}/raw")]
    return pages.message_page(message, frame=f"{message.id}.html", links=links)
