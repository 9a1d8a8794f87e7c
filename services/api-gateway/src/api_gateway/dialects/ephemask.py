"""The Ephemask dialect: /inbox and /user. Times are epoch seconds; access is by inbox token or the owner's key."""

from datetime import datetime
from typing import Annotated, Any, TypeVar

from litestar import Request, Response, delete, get, post, put
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.params import JSONBody
from msgspec import Meta, Struct

from api_gateway.accounts import AccountHandlers
from api_gateway.dialects.alike import (
    CREATE,
    READ,
    WHOLE_LIST,
    AttachmentView,
    DomainName,
    LocalPart,
    Minutes,
    ttl_seconds,
)
from api_gateway.edge.admission import caller_of
from api_gateway.edge.caller import Caller
from api_gateway.edge.downloads import Download
from api_gateway.edge.head import is_head
from api_gateway.edge.parameters import AttachmentIndex, Given, GivenCaller, InboxName, MessageId
from api_gateway.edge.plans import Plan, Plans
from api_gateway.edge.views import view
from api_gateway.inboxes import InboxHandlers, InboxWish
from api_gateway.messages import MessageHandlers
from api_gateway.refusals import Forbidden, Unauthorized
from api_gateway.usage import ReadUsage
from api_gateway.webhooks import WebhookHandlers
from mayfly.records.message import Message, MessageFilter, MessageSummary

TITLE = "Ephemask"
PREFIXES = ("/inbox", "/user/me", "/user/inboxes", "/user/webhook")
_M = TypeVar("_M", bound=Struct)
_PREVIEW = 140
_LISTED = 100
_WEBHOOK = {"needs": "account", "scope": "*"}


class CreateInbox(Struct, frozen=True, kw_only=True):
    """`ttl_minutes`: default 60; other values need a plan above `free`."""

    ttl_minutes: Minutes | None = None


class CreateVanityInbox(CreateInbox, frozen=True, kw_only=True):
    local_part: LocalPart
    domain: DomainName | None = None


class NewInbox(Struct, frozen=True, kw_only=True):
    """`token` grants access to this inbox only and is shown only here. `no_ads`: the plan is above `free`."""

    address: str
    expires_at: int | None
    token: str
    no_ads: bool


class MessageEntry(Struct, frozen=True, kw_only=True, rename={"id": "message_id", "from_address": "from"}):
    """`preview`: the first 140 characters of the text."""

    id: str
    from_address: str
    subject: str
    received_at: int
    preview: str


class MessageView(MessageEntry, frozen=True, kw_only=True):
    body_text: str
    body_html: str
    attachments: list[AttachmentView]


class InboxView(Struct, frozen=True, kw_only=True):
    """An inbox with its messages, newest first."""

    address: str
    expires_at: int | None
    messages: list[MessageEntry]
    no_ads: bool


class User(Struct, frozen=True, kw_only=True):
    user_id: str
    tier: str
    no_ads: bool
    inbox_count: int
    created_at: int


class InboxEntry(Struct, frozen=True, kw_only=True):
    address: str
    expires_at: int | None
    message_count: int


class Inboxes(Struct, frozen=True, kw_only=True):
    inboxes: list[InboxEntry]


class Webhook(Struct, frozen=True, kw_only=True):
    url: Annotated[str, Meta(min_length=1, max_length=2048)]


class NewWebhook(Webhook, frozen=True, kw_only=True):
    """`secret`: signs the webhook's requests; shown only in this response."""

    secret: str


async def holds_something(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """A guard: requires an inbox token, an API key or a session. Raises Unauthorized for anonymous callers."""
    caller = caller_of(connection)
    if caller.account_id is None and caller.inbox_id is None:
        raise Unauthorized("this call requires the token of the inbox or the API key of its owner")


_OPENED: dict[str, Any] = {"guards": [holds_something], "opt": {"scope": "mailboxes:read"}}
_ENDED: dict[str, Any] = {"guards": [holds_something], "opt": {"scope": "mailboxes:write"}}


@post("/inbox", opt=CREATE)
async def create_inbox(
    caller: GivenCaller, inboxes: Given[InboxHandlers], plans: Given[Plans], data: JSONBody[CreateInbox | None] = None
) -> NewInbox:
    """Create an inbox with a random address."""
    minutes = data.ttl_minutes if data else None
    if minutes is not None and not _is_paid(plans[caller.plan]):
        raise Forbidden("requires a plan above free", field="ttl_minutes")
    return await _create(inboxes, plans, caller, InboxWish(ttl_seconds=ttl_seconds(minutes)))


@post("/inbox/vanity", opt=CREATE)
async def create_vanity_inbox(
    data: JSONBody[CreateVanityInbox], caller: GivenCaller, inboxes: Given[InboxHandlers], plans: Given[Plans]
) -> NewInbox:
    """Create an inbox with an address of your choice, if your plan allows choosing local part and domain."""
    plans.require(plans[caller.plan], "domain_choice", "a vanity inbox")
    wish = InboxWish(local_part=data.local_part, domain=data.domain, ttl_seconds=ttl_seconds(data.ttl_minutes))
    return await _create(inboxes, plans, caller, wish)


@get("/inbox/{address:str}", **_OPENED)
async def get_inbox(
    address: InboxName, caller: GivenCaller, messages: Given[MessageHandlers], usage: Given[ReadUsage]
) -> InboxView:
    """Get an inbox with its 100 newest messages."""
    listing = await messages.read.listing(caller, address, MessageFilter(), limit=_LISTED)
    inbox = listing.inbox
    entries = [_message(summary, MessageEntry) for summary in listing.page.entries]
    no_ads = _is_paid(await usage.plan_of(inbox.account_id))
    return view(inbox, InboxView, expires_at=_epoch(inbox.expires_at), messages=entries, no_ads=no_ads)


@get("/inbox/{address:str}/messages/{message_id:str}", **_OPENED)
async def get_message(
    request: Request[Any, Any, Any],
    address: InboxName,
    message_id: MessageId,
    caller: GivenCaller,
    messages: Given[MessageHandlers],
) -> MessageView:
    """Get a message with its bodies."""
    message = await messages.read.in_inbox(caller, address, message_id, is_read=not is_head(request))
    attachments = [view(attachment, AttachmentView) for attachment in message.attachments]
    return _message(message, MessageView, body_text=message.text, body_html=message.html, attachments=attachments)


@get(
    "/inbox/{address:str}/messages/{message_id:str}/attachments/{index:int}",
    guards=[holds_something],
    opt={"scope": "mailboxes:read", "octets": "*/*"},
)
async def get_attachment(
    address: InboxName,
    message_id: MessageId,
    index: AttachmentIndex,
    caller: GivenCaller,
    messages: Given[MessageHandlers],
) -> Response[bytes]:
    """Download an attachment."""
    await messages.read.in_inbox(caller, address, message_id)
    attachment = await messages.attachments.find(caller, message_id, index)
    fetch = messages.attachments.fetch(message_id, index)
    return Download(attachment.size, fetch, attachment.filename, attachment.content_type)


@delete("/inbox/{address:str}", **_ENDED)
async def delete_inbox(address: InboxName, caller: GivenCaller, inboxes: Given[InboxHandlers]) -> None:
    """Delete an inbox and its messages."""
    await inboxes.end.one(caller, address)


@get("/user/me", opt=READ)
async def get_user(caller: GivenCaller, accounts: Given[AccountHandlers], usage: Given[ReadUsage]) -> User:
    """Get your account."""
    account = await accounts.registry.get(caller)
    used = await usage.of(caller)
    return User(
        user_id=account.id,
        tier=used.plan.name,
        no_ads=_is_paid(used.plan),
        inbox_count=used.active_inboxes,
        created_at=int(account.created_at.timestamp()),
    )


@get("/user/inboxes", opt=READ)
async def list_inboxes(caller: GivenCaller, inboxes: Given[InboxHandlers]) -> Inboxes:
    """List your live inboxes, newest first."""
    found = await inboxes.read.counted(caller, WHOLE_LIST)
    return Inboxes(
        inboxes=[
            view(inbox, InboxEntry, expires_at=_epoch(inbox.expires_at), message_count=count) for inbox, count in found
        ]
    )


@put("/user/webhook", opt=_WEBHOOK)
async def set_webhook(data: JSONBody[Webhook], caller: GivenCaller, webhooks: Given[WebhookHandlers]) -> NewWebhook:
    """Set the account webhook, which receives the mail of all your inboxes, replacing any previous one."""
    return view(await webhooks.account.put(caller, data.url), NewWebhook)


@get("/user/webhook", opt=_WEBHOOK)
async def get_webhook(caller: GivenCaller, webhooks: Given[WebhookHandlers]) -> Webhook:
    """Get the account webhook."""
    return view(await webhooks.account.get(caller), Webhook)


@delete("/user/webhook", opt=_WEBHOOK)
async def delete_webhook(caller: GivenCaller, webhooks: Given[WebhookHandlers]) -> None:
    """Delete the account webhook."""
    await webhooks.account.delete(caller)


async def _create(inboxes: InboxHandlers, plans: Plans, caller: Caller, wish: InboxWish) -> NewInbox:
    created = await inboxes.create(caller, wish)
    inbox, no_ads = created.inbox, _is_paid(plans[caller.plan])
    return view(inbox, NewInbox, expires_at=_epoch(inbox.expires_at), token=created.token, no_ads=no_ads)


def _message(message: Message | MessageSummary, shape: type[_M], **given: Any) -> _M:
    received_at = int(message.received_at.timestamp())
    return view(message, shape, received_at=received_at, preview=message.preview[:_PREVIEW], **given)


def _is_paid(plan: Plan) -> bool:
    return plan.tier > 0


def _epoch(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp())
