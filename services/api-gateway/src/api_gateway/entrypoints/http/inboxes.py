"""/api/v1/inboxes: the paths and fields of VaultMail, and ours."""

from datetime import datetime
from typing import Annotated, Any

from litestar import Request, Response, Router, delete, get, patch, post
from litestar.params import JSONBody
from msgspec import UNSET, Meta, Struct, UnsetType, structs

from api_gateway.domain.paging import parse_page_cursor
from api_gateway.entrypoints.http.given import Cursor, GivenCaller, GivenCalls, InboxName, InboxStatus, Label, Limit
from api_gateway.entrypoints.http.pages import paged
from api_gateway.handlers.inboxes import DEFAULT_TTL_SECONDS, CreatedInbox, InboxChange, InboxWish
from mayfly.records.endpoint import Endpoint
from mayfly.records.inbox import Inbox
from mayfly.records.message import InboxStats

_LocalPart = Annotated[str, Meta(max_length=64, examples=["checkout-tests"])]
_Domain = Annotated[str, Meta(max_length=255, examples=["mayfly.test"])]
_Label = Annotated[str, Meta(max_length=200, examples=["CI checkout regression"])]
_Ttl = Annotated[int, Meta(ge=1, le=10 * 365 * 86400, examples=[86400])]
_WebhookUrl = Annotated[str, Meta(max_length=2048, examples=["https://your.app/email-hook"])]


class GenerateInbox(Struct, frozen=True, kw_only=True):
    domain: _Domain | None = None
    local_part: _LocalPart | None = None


class CreateInbox(Struct, frozen=True, kw_only=True):
    """`ttl_seconds` null: persistent (a feature of the plan); absent: one hour."""

    domain: _Domain | None = None
    local_part: _LocalPart | None = None
    label: _Label | None = None
    ttl_seconds: _Ttl | None = DEFAULT_TTL_SECONDS
    webhook_url: _WebhookUrl | None = None


class ChangeInbox(Struct, frozen=True, kw_only=True):
    """What is absent stays. `ttl_seconds`: from now on; null: persistent. `webhook_url` null: no webhook any more."""

    label: _Label | UnsetType | None = UNSET
    ttl_seconds: _Ttl | UnsetType | None = UNSET
    webhook_url: _WebhookUrl | UnsetType | None = UNSET


class ReactivateInbox(Struct, frozen=True, kw_only=True):
    """`ttl_seconds` null: persistent; absent: one hour."""

    ttl_seconds: _Ttl | None = DEFAULT_TTL_SECONDS


class GeneratedInbox(Struct, frozen=True, kw_only=True):
    """`token` opens this inbox alone; it is told this once."""

    id: str
    address: str
    message_count: int
    unread_count: int
    inbox_expires_at: datetime | None
    token: str


class NewInbox(Struct, frozen=True, kw_only=True):
    """`webhook_secret` and `token` are told this once."""

    id: str
    address: str
    label: str | None
    webhook_url: str | None
    webhook_secret: str | UnsetType = UNSET
    message_count: int = 0
    unread_count: int = 0
    inbox_expires_at: datetime | None = None
    token: str = ""


class InboxView(Struct, frozen=True, kw_only=True):
    """`inbox_expires_at` null: persistent. `webhook_secret`: told once, when a PATCH has given a new webhook."""

    id: str
    address: str
    message_count: int
    unread_count: int
    inbox_expires_at: datetime | None
    label: str | None
    webhook_url: str | None
    status: str
    created_at: datetime
    webhook_secret: str | UnsetType = UNSET


class InboxEntry(Struct, frozen=True, kw_only=True):
    id: str
    address: str
    label: str | None
    status: str
    inbox_expires_at: datetime | None
    created_at: datetime


@post("/generate", opt={"scope": "mailboxes:write", "creates": True})
async def generate_inbox(
    caller: GivenCaller, calls: GivenCalls, data: JSONBody[GenerateInbox | None] = None
) -> GeneratedInbox:
    """Generate an inbox. Without credentials it has no owner and can be read by its address."""
    asked = data or GenerateInbox()
    created = await calls.inboxes.create(caller, InboxWish(domain=asked.domain, local_part=asked.local_part))
    inbox = created.inbox
    return GeneratedInbox(
        id=inbox.id,
        address=inbox.address,
        message_count=0,
        unread_count=0,
        inbox_expires_at=inbox.expires_at,
        token=created.token,
    )


@post("/", opt={"needs": "account", "scope": "mailboxes:write", "creates": True})
async def create_inbox(caller: GivenCaller, calls: GivenCalls, data: JSONBody[CreateInbox | None] = None) -> NewInbox:
    """Create an inbox of one's own."""
    asked = data or CreateInbox()
    wish = InboxWish(
        domain=asked.domain,
        local_part=asked.local_part,
        label=asked.label,
        ttl_seconds=asked.ttl_seconds,
        webhook_url=asked.webhook_url,
    )
    return _new_inbox(await calls.inboxes.create(caller, wish))


@get("/", opt={"needs": "account", "scope": "mailboxes:read"})
async def list_inboxes(  # noqa: PLR0917 - query parameters, given by name
    request: Request[Any, Any, Any],
    caller: GivenCaller,
    calls: GivenCalls,
    limit: Limit = 50,
    cursor: Cursor = None,
    label: Label = None,
    status: InboxStatus = "active",
) -> Response[list[InboxEntry]]:
    """The caller's inboxes, newest first."""
    page = await calls.inboxes.mine(caller, limit=limit, status=status, label=label, cursor=parse_page_cursor(cursor))
    return paged([_entry(inbox, status) for inbox in page.entries], page.next_cursor, request)


@get("/{address:str}", opt={"scope": "mailboxes:read"})
async def get_inbox(address: InboxName, caller: GivenCaller, calls: GivenCalls) -> InboxView:
    """One inbox with its counters."""
    return _view(*await calls.inboxes.get(caller, address))


@patch("/{address:str}", opt={"scope": "mailboxes:write"})
async def change_inbox(
    address: InboxName, data: JSONBody[ChangeInbox], caller: GivenCaller, calls: GivenCalls
) -> InboxView:
    """Change the label, the time to live (from now on) or the webhook of a live inbox."""
    fields = {name: value for name, value in structs.asdict(data).items() if value is not UNSET}
    endpoint = await calls.inboxes.change(caller, address, InboxChange(fields))  # type: ignore[arg-type]  # the struct's own names
    return _view(*await calls.inboxes.get(caller, address), endpoint=endpoint)


@post("/{address:str}/reactivate", opt={"needs": "account", "scope": "mailboxes:write", "creates": True})
async def reactivate_inbox(
    address: InboxName, caller: GivenCaller, calls: GivenCalls, data: JSONBody[ReactivateInbox | None] = None
) -> NewInbox:
    """Make an archived inbox live again: the same address, empty, under a new id."""
    asked = data or ReactivateInbox()
    return _new_inbox(await calls.inboxes.reactivate(caller, address, asked.ttl_seconds))


@get("/{address:str}/stats", opt={"scope": "mailboxes:read"})
async def get_inbox_stats(address: InboxName, caller: GivenCaller, calls: GivenCalls) -> InboxStats:
    """Counters over the whole inbox."""
    return await calls.inboxes.stats(caller, address)


@post("/{address:str}/mark-all-read", status_code=204, opt={"scope": "mailboxes:write"})
async def mark_all_read(address: InboxName, caller: GivenCaller, calls: GivenCalls) -> None:
    """Mark every message read."""
    await calls.inboxes.mark_all_read(caller, address)


@post("/{address:str}/clear", status_code=204, opt={"scope": "mailboxes:write"})
async def clear_inbox(address: InboxName, caller: GivenCaller, calls: GivenCalls) -> None:
    """Delete every message; the address stays."""
    await calls.inboxes.clear(caller, address)


@delete("/{address:str}", opt={"scope": "mailboxes:write"})
async def delete_inbox(address: InboxName, caller: GivenCaller, calls: GivenCalls) -> None:
    """Delete the inbox and all it holds, at once."""
    await calls.inboxes.delete(caller, address)


def _new_inbox(created: CreatedInbox) -> NewInbox:
    inbox, endpoint = created.inbox, created.endpoint
    return NewInbox(
        id=inbox.id,
        address=inbox.address,
        label=inbox.label,
        webhook_url=endpoint.url if endpoint else None,
        webhook_secret=endpoint.secret if endpoint else UNSET,
        inbox_expires_at=inbox.expires_at,
        token=created.token,
    )


def _view(inbox: Inbox, stats: InboxStats, webhook_url: str | None, *, endpoint: Endpoint | None = None) -> InboxView:
    return InboxView(
        id=inbox.id,
        address=inbox.address,
        message_count=stats.message_count,
        unread_count=stats.unread_count,
        inbox_expires_at=inbox.expires_at,
        label=inbox.label,
        webhook_url=webhook_url,
        status=inbox.status,
        created_at=inbox.created_at,
        webhook_secret=endpoint.secret if endpoint else UNSET,
    )


def _entry(inbox: Inbox, status: str) -> InboxEntry:
    return InboxEntry(
        id=inbox.id,
        address=inbox.address,
        label=inbox.label,
        status=status,
        inbox_expires_at=inbox.expires_at,
        created_at=inbox.created_at,
    )


ROUTES: list[Any] = [
    Router(
        "/api/v1/inboxes",
        tags=["inboxes"],
        route_handlers=[
            generate_inbox,
            create_inbox,
            list_inboxes,
            get_inbox,
            change_inbox,
            reactivate_inbox,
            get_inbox_stats,
            mark_all_read,
            clear_inbox,
            delete_inbox,
        ],
    )
]
