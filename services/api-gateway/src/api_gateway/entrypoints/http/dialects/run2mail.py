"""Run2Mail: /api/v1/me and /api/v1/emails. Inboxes go by their address; every answer says `success`."""

from datetime import datetime
from typing import Literal

from litestar import delete, get, post
from litestar.params import JSONBody
from msgspec import Struct

from api_gateway.entrypoints.http.dialects.alike import (
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
    view,
)
from api_gateway.entrypoints.http.given import GivenCaller, GivenCalls, InboxName
from api_gateway.errors import BadInput
from api_gateway.handlers.inboxes import InboxWish

TITLE = "Run2Mail"
PREFIXES = ("/api/v1/me", "/api/v1/emails")
FIELDS = {"local_part": "username"}


class CreateEmail(Struct, frozen=True, kw_only=True):
    """`username` and `domain` belong to the type `custom`."""

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
async def get_me(caller: GivenCaller, calls: GivenCalls) -> Success[Me]:
    """The account, and what its plan allows."""
    plan = calls.plans[caller.plan]
    account = await calls.accounts.get(caller)
    return Success(data=view(account, Me, plan=plan.name, limits=view(plan, Limits)))


@post("/api/v1/emails/create", opt=CREATE)
async def create_email(
    caller: GivenCaller, calls: GivenCalls, data: JSONBody[CreateEmail | None] = None
) -> Success[InboxView]:
    """Create an inbox, at random or by choice."""
    asked = data or CreateEmail()
    if asked.type == "random" and (asked.username or asked.domain):
        raise BadInput('username and domain belong to the type "custom"', field="type")
    if asked.type == "custom" and asked.username is None:
        raise BadInput('the type "custom" needs one', field="username")
    created = await calls.inboxes.create(caller, InboxWish(local_part=asked.username, domain=asked.domain))
    return Success(data=view(created.inbox, InboxView))


@get("/api/v1/emails", opt=READ)
async def list_emails(caller: GivenCaller, calls: GivenCalls) -> Success[list[InboxView]]:
    """The live inboxes, newest first."""
    page = await calls.inboxes.mine(caller, limit=WHOLE_LIST)
    return Success(data=[view(inbox, InboxView) for inbox in page.entries])


@get("/api/v1/emails/{address:str}/messages", opt=READ)
async def list_messages(address: InboxName, caller: GivenCaller, calls: GivenCalls) -> Success[Messages]:
    """The inbox's newest mails, whole."""
    inbox, messages = await calls.bulk.whole_messages(caller, address)
    mails = [view(message, MailView, has_attachments=bool(message.attachments)) for message in messages]
    return Success(data=Messages(email=inbox.address, messages=mails))


@delete("/api/v1/emails/{address:str}", status_code=200, opt=WRITE)
async def delete_email(address: InboxName, caller: GivenCaller, calls: GivenCalls) -> Success[DeletedEmail]:
    """Delete an inbox and all it holds."""
    return Success(data=DeletedEmail(email=(await calls.inboxes.delete(caller, address)).address))


shape = success_shape
