"""JSON bodies of the inbox routes, and how they are made from the stored records."""

from datetime import datetime
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from api_gateway.edge.views import view
from api_gateway.inboxes.create import CreatedInbox
from api_gateway.inboxes.rules import DEFAULT_TTL_SECONDS
from mayfly.records.endpoint import Endpoint
from mayfly.records.fault_plan import FaultStep
from mayfly.records.inbox import Inbox
from mayfly.records.message import InboxStats
from mayfly.records.receipt import Ending

_LocalPart = Annotated[str, Meta(max_length=64, examples=["checkout-tests"])]
_Domain = Annotated[str, Meta(max_length=255, examples=["mayfly.test"])]
_Label = Annotated[str, Meta(max_length=200, examples=["CI checkout regression"])]
_Ttl = Annotated[int, Meta(ge=1, le=10 * 365 * 86400, examples=[86400])]
_EMPTY = {"message_count": 0, "unread_count": 0}
_WebhookUrl = Annotated[str, Meta(max_length=2048, examples=["https://your-app.example/mail-hook"])]


class GenerateInbox(Struct, frozen=True, kw_only=True):
    domain: _Domain | None = None
    local_part: _LocalPart | None = None


class CreateInbox(Struct, frozen=True, kw_only=True):
    """`ttl_seconds` absent: one hour; null: persistent, if the plan includes that."""

    domain: _Domain | None = None
    local_part: _LocalPart | None = None
    label: _Label | None = None
    ttl_seconds: _Ttl | None = DEFAULT_TTL_SECONDS
    webhook_url: _WebhookUrl | None = None


class ChangeInbox(Struct, frozen=True, kw_only=True):
    """Absent fields stay unchanged. `ttl_seconds` counts from now; null: persistent. `webhook_url` null: removed."""

    label: _Label | UnsetType | None = UNSET
    ttl_seconds: _Ttl | UnsetType | None = UNSET
    webhook_url: _WebhookUrl | UnsetType | None = UNSET


class ReactivateInbox(Struct, frozen=True, kw_only=True):
    """`ttl_seconds` absent: one hour; null: persistent."""

    ttl_seconds: _Ttl | None = DEFAULT_TTL_SECONDS


class PutFaultPlan(Struct, frozen=True, kw_only=True):
    """Steps apply in order, one after the other; after the last one, mail is accepted normally."""

    steps: Annotated[tuple[FaultStep, ...], Meta(min_length=1, max_length=20)]


class GeneratedInbox(Struct, frozen=True, kw_only=True):
    """`token` grants access to this inbox only; it is shown only in this response."""

    id: str
    address: str
    message_count: int
    unread_count: int
    inbox_expires_at: datetime | None
    token: str


class NewInbox(Struct, frozen=True, kw_only=True):
    """`webhook_secret` and `token` are shown only in this response."""

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
    """`inbox_expires_at` null: persistent. `webhook_secret`: only in the response to a PATCH that set a webhook."""

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


class ReceiptView(Struct, frozen=True, kw_only=True, rename={"id": "inbox_id"}):
    """`ending`: why the inbox ended. `octets`: total raw size of its messages. `emptied_at`: when deletion began."""

    id: str
    address: str
    ending: Ending
    created_at: datetime
    expires_at: datetime | None
    emptied_at: datetime
    message_count: int
    octets: int


def generated_inbox(created: CreatedInbox) -> GeneratedInbox:
    inbox = created.inbox
    return view(inbox, GeneratedInbox, inbox_expires_at=inbox.expires_at, token=created.token, **_EMPTY)


def new_inbox(created: CreatedInbox) -> NewInbox:
    inbox, endpoint = created.inbox, created.endpoint
    return view(
        inbox,
        NewInbox,
        webhook_url=endpoint.url if endpoint else None,
        webhook_secret=endpoint.secret if endpoint else UNSET,
        inbox_expires_at=inbox.expires_at,
        token=created.token,
        **_EMPTY,
    )


def inbox_view(
    inbox: Inbox, stats: InboxStats, webhook_url: str | None, *, endpoint: Endpoint | None = None
) -> InboxView:
    return view(
        inbox,
        InboxView,
        message_count=stats.message_count,
        unread_count=stats.unread_count,
        inbox_expires_at=inbox.expires_at,
        webhook_url=webhook_url,
        webhook_secret=endpoint.secret if endpoint else UNSET,
    )


def inbox_entry(inbox: Inbox, status: str) -> InboxEntry:
    return view(inbox, InboxEntry, status=status, inbox_expires_at=inbox.expires_at)
