"""Ethereal, for nodemailer's `createTestAccount` with `ETHEREAL_API`: /user and /message/<id>.

An account is a space that nobody owns, with an SMTP login; it ends after a day. Its messages are read by their ids,
which cannot be guessed: nodemailer makes a link of the one in the reply to DATA (`[STATUS=new MSGID=<id>]`).
"""

from typing import Annotated, Any

from litestar import Request, Response, get, post
from litestar.params import JSONBody
from msgspec import Meta, Struct

from api_gateway.edge.caller import Caller
from api_gateway.edge.downloads import Download
from api_gateway.edge.head import is_head
from api_gateway.edge.hosts import name_in
from api_gateway.edge.parameters import Given, GivenCaller, MessageId
from api_gateway.identities import IdentityHandlers
from api_gateway.messages import MessageHandlers
from api_gateway.rendering import pages
from api_gateway.spaces import CreatedSpace, SpaceHandlers, SpaceWish

TITLE = "Ethereal"
PREFIXES = ("/user", "/message")
_DAY_SECONDS = 86_400
_SMTP_PORT = 25
_HTML = "text/html"
_MESSAGE = "/message/{message_id:str}"
_READ = {"scope": "mailboxes:read"}


class Requestor(Struct, frozen=True, kw_only=True):
    """The program that asks; accepted as nodemailer sends it, and not used."""

    requestor: Annotated[str, Meta(max_length=200)] = ""
    version: Annotated[str, Meta(max_length=200)] = ""


class Server(Struct, frozen=True, kw_only=True):
    """`secure`: TLS from the first octet. Without it, STARTTLS is offered where the operator has a certificate."""

    host: str
    port: int
    secure: bool = False


class Account(Struct, frozen=True, kw_only=True, rename={"password": "pass"}):
    """`user` and `pass` are an SMTP login, shown only here. There is no IMAP and no POP3.

    `web`: before `/message/<id>`. `token`: reads the account as a space, by the native API and Mailpit's.
    """

    status: str = "success"
    user: str
    password: str
    smtp: Server
    imap: None = None
    pop3: None = None
    web: str
    token: str


@post("/user", status_code=200, opt={"scope": "mailboxes:write", "creates": True})
async def create_account(
    request: Request[Any, Any, Any],
    caller: GivenCaller,
    spaces: Given[SpaceHandlers],
    identities: Given[IdentityHandlers],
    data: JSONBody[Requestor | None] = None,  # noqa: ARG001 - read, so that it is checked
) -> Account:
    """Create a test account: a space that takes mail for any address for a day. With an API key, it is one of yours."""
    host = request.headers.get("host", "")
    web = (await identities.issuers.at(host, None)).endpoint("")
    created = await _create(caller, spaces)
    space, server = created.space, spaces.credentials.server
    return Account(
        user=f"{space.id}@{space.domain}",
        password=created.password,
        smtp=Server(host=server.host or name_in(host) or "localhost", port=server.port or _SMTP_PORT),
        web=web,
        token=created.token,
    )


@get(_MESSAGE, opt=_READ)
async def show_message(
    request: Request[Any, Any, Any], message_id: MessageId, caller: GivenCaller, messages: Given[MessageHandlers]
) -> Response[str]:
    """Show a message of a test account (`POST /user`), or of one of your spaces, as a page. Marks it as read."""
    message = await messages.read.linked(caller, message_id, peek=is_head(request))
    links = [("source", f"{message.id}/source")]
    page = pages.message_page(message, frame=f"{message.id}/html", links=links)
    return Response(page, media_type=_HTML, headers=pages.PAGE_HEADERS)


@get(f"{_MESSAGE}/html", opt=_READ)
async def show_html(message_id: MessageId, caller: GivenCaller, messages: Given[MessageHandlers]) -> Response[str]:
    """Show the HTML of a message, made safe; of a message without any, its text."""
    message = await messages.read.linked(caller, message_id, peek=True)
    return Response(await messages.show.html(caller, message), media_type=_HTML, headers=pages.MAIL_HEADERS)


@get(f"{_MESSAGE}/source", opt=_READ)
async def get_source(message_id: MessageId, caller: GivenCaller, messages: Given[MessageHandlers]) -> Response[Any]:
    """Download the raw mail of a message."""
    message = await messages.read.linked(caller, message_id, peek=True)
    return Download(message.raw_size, lambda: messages.read.raw(message), f"{message.id}.eml", "message/rfc822")


async def _create(caller: Caller, spaces: SpaceHandlers) -> CreatedSpace:
    if caller.account_id is None:
        return await spaces.create.anonymous(caller, _DAY_SECONDS)
    return await spaces.create(caller, SpaceWish(name="Ethereal", ttl_seconds=_DAY_SECONDS))
