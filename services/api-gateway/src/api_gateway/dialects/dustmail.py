"""The DustMail dialect: /api/v1/inbox. Lifetimes are in minutes; every response has `success`."""

from typing import Literal

from litestar import delete, get, post
from litestar.params import JSONBody
from msgspec import Struct

from api_gateway.dialects.alike import (
    CREATE,
    READ,
    WRITE,
    AttachmentView,
    DomainName,
    InboxView,
    LocalPart,
    MailView,
    Minutes,
    Success,
    success_shape,
    ttl_seconds,
)
from api_gateway.domains import DomainHandlers
from api_gateway.edge.parameters import Given, GivenCaller, InboxName
from api_gateway.edge.views import view
from api_gateway.inboxes import InboxHandlers, InboxWish
from api_gateway.messages import MessageHandlers
from api_gateway.usage import ReadUsage
from mayfly.records.message import Message

TITLE = "DustMail"
PREFIXES = ("/api/v1/inbox",)
FIELDS = {"local_part": "username"}
_LISTED = 50


class CreateInbox(Struct, frozen=True, kw_only=True):
    """`duration` in minutes, default 60. `username` and `domain` need a plan that allows choosing the address."""

    duration: Minutes | None = None
    username: LocalPart | None = None
    domain: DomainName | None = None


class DustInbox(InboxView, frozen=True, kw_only=True):
    domain: str


class CountedInbox(DustInbox, frozen=True, kw_only=True):
    email_count: int


class DustMail(MailView, frozen=True, kw_only=True):
    to: str
    attachments: list[AttachmentView]


class OpenedInbox(DustInbox, frozen=True, kw_only=True):
    """An inbox with its mails. `emails`: newest first."""

    emails: list[DustMail]


class RateLimit(Struct, frozen=True, kw_only=True):
    """API calls of this UTC day; `limit` null: unlimited."""

    limit: int | None
    used: int


class Standing(Struct, frozen=True, kw_only=True):
    plan: str
    rate_limit: RateLimit
    available_domains: list[str]


class CreatedInbox(Success[DustInbox], frozen=True, kw_only=True):
    meta: Standing


class DeletedInbox(Struct, frozen=True, kw_only=True):
    id: str
    deleted: Literal[True] = True


@post("/api/v1/inbox", opt=CREATE)
async def create_inbox(
    caller: GivenCaller,
    inboxes: Given[InboxHandlers],
    domains: Given[DomainHandlers],
    usage: Given[ReadUsage],
    data: JSONBody[CreateInbox | None] = None,
) -> CreatedInbox:
    """Create an inbox with a random address or one of your choice."""
    asked = data or CreateInbox()
    wish = InboxWish(domain=asked.domain, local_part=asked.username, ttl_seconds=ttl_seconds(asked.duration))
    created = await inboxes.create(caller, wish)
    used = await usage.of(caller)
    standing = Standing(
        plan=used.plan.name,
        rate_limit=RateLimit(limit=used.plan.calls_per_day, used=used.calls_today),
        available_domains=await domains.usable_by(caller),
    )
    return CreatedInbox(data=view(created.inbox, DustInbox), meta=standing)


@get("/api/v1/inbox", opt=READ)
async def list_inboxes(caller: GivenCaller, inboxes: Given[InboxHandlers]) -> Success[list[CountedInbox]]:
    """List your 50 newest live inboxes, with their numbers of mails."""
    found = await inboxes.read.counted(caller, _LISTED)
    return Success(data=[view(inbox, CountedInbox, email_count=count) for inbox, count in found])


@get("/api/v1/inbox/{address:str}", opt=READ)
async def open_inbox(address: InboxName, caller: GivenCaller, messages: Given[MessageHandlers]) -> Success[OpenedInbox]:
    """Get an inbox with its newest mails, bodies included."""
    opened, newest = await messages.read.newest(caller, address)
    return Success(data=view(opened, OpenedInbox, emails=[_mail(message) for message in newest]))


@delete("/api/v1/inbox/{address:str}", status_code=200, opt=WRITE)
async def delete_inbox(address: InboxName, caller: GivenCaller, inboxes: Given[InboxHandlers]) -> Success[DeletedInbox]:
    """Delete an inbox and its contents."""
    return Success(data=view(await inboxes.end.one(caller, address), DeletedInbox, deleted=True))


def _mail(message: Message) -> DustMail:
    attachments = [view(attachment, AttachmentView) for attachment in message.attachments]
    to = message.envelope.forward_path
    return view(message, DustMail, to=to, attachments=attachments, has_attachments=bool(attachments))


shape = success_shape
