"""The page of a message's HTML for a frame: /api/v1/messages/{id}/html, and the tickets that open it."""

from typing import Annotated, Any

from litestar import Request, Response, get, post
from litestar.params import JSONBody, QueryParameter
from msgspec import Struct

from api_gateway.edge.admission import site_in
from api_gateway.edge.large_responses import Whole
from api_gateway.edge.page_tickets import page_ticket_of
from api_gateway.edge.parameters import Given, GivenCaller, MessageId
from api_gateway.edge.stream_tickets import LIFETIME
from api_gateway.messages.handlers import MessageHandlers
from api_gateway.refusals import BadInput
from api_gateway.rendering import pages
from api_gateway.rendering.pages import Theme

_TYPE = "text/html"

PageTicketText = Annotated[
    str | None,
    QueryParameter(
        name="ticket", min_length=1, description="A ticket of `html-ticket`, instead of credentials in a header"
    ),
]
RemoteImages = Annotated[
    bool | None,
    QueryParameter(description="Let the browser load images of the web. With a ticket, the ticket says so"),
]
Colours = Annotated[
    Theme | None, QueryParameter(description="Colours of the browser where the mail sets none; absent: light")
]


class PageWish(Struct, frozen=True, kw_only=True):
    """`remote_images`: the page loads images of the web, which tells their servers that somebody looks at the mail."""

    remote_images: bool = False


class PageTicketView(Struct, frozen=True, kw_only=True):
    """`url`: path and query of the page, on the host of this call; `expires_in` in seconds."""

    url: str
    expires_in: int


@post("/messages/{message_id:str}/html-ticket", opt={"scope": "mailboxes:read"})
async def create_html_ticket(
    request: Request[Any, Any, Any],
    message_id: MessageId,
    caller: GivenCaller,
    messages: Given[MessageHandlers],
    data: JSONBody[PageWish | None] = None,
) -> PageTicketView:
    """Create a ticket that opens the page of a message's HTML without headers, for a browser's frame.

    It opens that page alone, for 60 s, as often as it is asked for. Limits and revocation apply to the page as to the
    credentials of this call.
    """
    wish = data or PageWish()
    ticket = await messages.issue_page_ticket(caller, site_in(request), message_id, remote_images=wish.remote_images)
    return PageTicketView(
        url=f"/api/v1/messages/{message_id}/html?ticket={ticket}", expires_in=int(LIFETIME.total_seconds())
    )


@get("/messages/{message_id:str}/html", opt={"scope": "mailboxes:read", "ticket": "page", "octets": "text/html"})
async def get_html(  # noqa: PLR0917 - query parameters, given by name
    request: Request[Any, Any, Any],
    message_id: MessageId,
    caller: GivenCaller,
    messages: Given[MessageHandlers],
    ticket: PageTicketText = None,  # noqa: ARG001 - declared for the document; edge.admission redeems it
    remote_images: RemoteImages = None,
    theme: Colours = None,
) -> Response[str]:
    """Show the HTML of a message as a page that runs nothing and, without `remote_images`, loads nothing.

    Images that the mail brings along are in it. `X-Blocked-Images`: how many of the web are not. Of a message without
    HTML, its text. Does not mark the message as read.
    """
    opened = page_ticket_of(request)
    if opened is not None and remote_images is not None:
        raise BadInput("is part of the ticket: ask for it with html-ticket", field="remote_images")
    with_images = opened.remote_images if opened else bool(remote_images)
    message = await messages.read.one(caller, message_id, peek=True)
    shown = await messages.show.shown(caller, message, remote_images=with_images, theme=theme)
    headers = {**pages.mail_headers(remote_images=with_images), "X-Blocked-Images": str(shown.blocked_images)}
    return Whole(shown.page, media_type=_TYPE, headers=headers)
