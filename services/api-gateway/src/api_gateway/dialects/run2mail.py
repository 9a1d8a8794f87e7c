"""The Run2Mail dialect: /api/v1/me and /api/v1/emails. Inboxes are named by address; responses have `success`."""

from datetime import datetime
from typing import Literal

from litestar import delete, get, post
from litestar.params import JSONBody
from msgspec import Struct

from api_gateway.accounts import AccountHandlers
from api_gateway.dialects.alike import (
    CREATE,
    READ,
    WHOLE_LIST,
    WRITE,
    DomainName,
    InboxView,
    LocalPart,
    MailView,
    Success,
    success_shape,
)
from api_gateway.edge.parameters import Given, GivenCaller, InboxName
from api_gateway.edge.plans import Plans
from api_gateway.edge.views import view
from api_gateway.inboxes import InboxHandlers, InboxWish
from api_gateway.messages import MessageHandlers
from api_gateway.refusals import BadInput

TITLE = "Run2Mail"
PREFIXES = ("/api/v1/me", "/api/v1/emails")
FIELDS = {"local_part": "username"}


class CreateEmail(Struct, frozen=True, kw_only=True):
    """`username` and `domain`: only with the type `custom`, which requires `username`."""

    type: Literal["random", "custom"] = "random"
    username: LocalPart | None = None
    domain: DomainName | None = None


class Limits(Struct, frozen=True, kw_only=True):
    """What the plan allows; null: unlimited. `longest_ttl` in seconds."""

    requests_per_minute: int
    calls_per_day: int | None
    active_inboxes: int | None
    creations_per_day: int | None
    longest_ttl: int


class Me(Struct, frozen=True, kw_only=True):
    id: str
    email: str
    plan: str
    created_at: datetime
    limits: Limits


class Messages(Struct, frozen=True, kw_only=True):
    """`messages`: newest first."""

    email: str
    messages: list[MailView]


class DeletedEmail(Struct, frozen=True, kw_only=True):
    email: str
    deleted: Literal[True] = True


@get("/api/v1/me", opt=READ)
async def get_me(caller: GivenCaller, accounts: Given[AccountHandlers], plans: Given[Plans]) -> Success[Me]:
    """Get your account and the limits of its plan."""
    plan = plans[caller.plan]
    account = await accounts.registry.get(caller)
    return Success(data=view(account, Me, plan=plan.name, limits=view(plan, Limits)))


@post("/api/v1/emails/create", opt=CREATE)
async def create_email(
    caller: GivenCaller, inboxes: Given[InboxHandlers], data: JSONBody[CreateEmail | None] = None
) -> Success[InboxView]:
    """Create an inbox with a random address or one of your choice."""
    asked = data or CreateEmail()
    if asked.type == "random" and (asked.username or asked.domain):
        raise BadInput('must be "custom" if username or domain is set', field="type")
    if asked.type == "custom" and asked.username is None:
        raise BadInput('required for the type "custom"', field="username")
    created = await inboxes.create(caller, InboxWish(local_part=asked.username, domain=asked.domain))
    return Success(data=view(created.inbox, InboxView))


@get("/api/v1/emails", opt=READ)
async def list_emails(caller: GivenCaller, inboxes: Given[InboxHandlers]) -> Success[list[InboxView]]:
    """List your live inboxes, newest first."""
    page = await inboxes.read.mine(caller, limit=WHOLE_LIST)
    return Success(data=[view(inbox, InboxView) for inbox in page.entries])


@get("/api/v1/emails/{address:str}/messages", opt=READ)
async def list_messages(address: InboxName, caller: GivenCaller, messages: Given[MessageHandlers]) -> Success[Messages]:
    """List the newest mails of an inbox, bodies included."""
    inbox, newest = await messages.read.newest(caller, address)
    mails = [view(message, MailView, has_attachments=bool(message.attachments)) for message in newest]
    return Success(data=Messages(email=inbox.address, messages=mails))


@delete("/api/v1/emails/{address:str}", status_code=200, opt=WRITE)
async def delete_email(address: InboxName, caller: GivenCaller, inboxes: Given[InboxHandlers]) -> Success[DeletedEmail]:
    """Delete an inbox and its contents."""
    return Success(data=DeletedEmail(email=(await inboxes.end.one(caller, address)).address))


shape = success_shape
