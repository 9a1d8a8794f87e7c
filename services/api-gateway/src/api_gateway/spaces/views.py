"""JSON bodies of the space routes, and how they are made from the stored records."""

from datetime import datetime
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from api_gateway.edge.views import view
from api_gateway.spaces.create import CreatedSpace
from api_gateway.spaces.credentials import SmtpServer
from api_gateway.spaces.read import ShownSpace
from mayfly.records.endpoint import Endpoint
from mayfly.records.inbox import Inbox, Retention

_Name = Annotated[str, Meta(max_length=200, examples=["Checkout, staging"])]
_Domain = Annotated[str, Meta(min_length=1, max_length=255, examples=["qa.example.com"])]
_Domains = Annotated[list[_Domain], Meta(max_length=100)]
_Messages = Annotated[int, Meta(ge=1, le=1_000_000, examples=[500])]
_Seconds = Annotated[int, Meta(ge=1, le=10 * 365 * 86400, examples=[86400])]
_WebhookUrl = Annotated[str, Meta(max_length=2048, examples=["https://your-app.example/mail-hook"])]
_Label = Annotated[str, Meta(min_length=1, max_length=200, examples=["staging"])]


class CreateSpace(Struct, frozen=True, kw_only=True):
    """`domains`: verified domains of yours whose mail the space takes, to any address.

    `max_messages`, `max_age_seconds` absent: 500 and one day, or what the plan allows. `ttl_seconds` absent or null:
    persistent, or as long as the plan allows.
    """

    name: _Name | None = None
    domains: _Domains = []
    max_messages: _Messages | None = None
    max_age_seconds: _Seconds | None = None
    ttl_seconds: _Seconds | None = None
    webhook_url: _WebhookUrl | None = None


class ChangeSpace(Struct, frozen=True, kw_only=True):
    """Absent fields stay unchanged. `domains` replaces the list of verified domains.

    `ttl_seconds` counts from now; null: as late as the plan allows. `webhook_url` null: removed.
    """

    name: _Name | UnsetType | None = UNSET
    domains: _Domains | UnsetType = UNSET
    max_messages: _Messages | None = None
    max_age_seconds: _Seconds | None = None
    ttl_seconds: _Seconds | UnsetType | None = UNSET
    webhook_url: _WebhookUrl | UnsetType | None = UNSET


class AddCredentials(Struct, frozen=True, kw_only=True):
    label: _Label = "smtp"


class SmtpAccess(Struct, frozen=True, kw_only=True):
    """With these credentials an application sends mail to any address of any domain into the space.

    `password`: shown only in the response that creates it. `host`, `port`: where the operator says that SMTP is.
    """

    user: str
    password: str | UnsetType = UNSET
    host: str | UnsetType = UNSET
    port: int | UnsetType = UNSET


class CredentialsView(Struct, frozen=True, kw_only=True):
    id: str
    label: str
    created_at: datetime


class NewCredentials(CredentialsView, frozen=True, kw_only=True):
    """`smtp.password` is shown only in this response."""

    smtp: SmtpAccess


class SpaceEntry(Struct, frozen=True, kw_only=True):
    """`domains`: all domains whose mail it takes, to any address. `expires_at` null: persistent.

    `retention`: the newest messages that it keeps, none older than that; the others do not exist.
    """

    id: str
    name: str | None
    address: str
    domains: list[str]
    retention: Retention
    expires_at: datetime | None
    created_at: datetime


class SpaceView(SpaceEntry, frozen=True, kw_only=True):
    """`webhook_secret`: only in the response to a call that set a webhook."""

    message_count: int
    unread_count: int
    webhook_url: str | None
    smtp: SmtpAccess
    webhook_secret: str | UnsetType = UNSET


class NewSpace(SpaceView, frozen=True, kw_only=True):
    """`token` grants access to this space only. It, `smtp.password` and `webhook_secret` are shown only here."""

    token: str


def smtp_access(server: SmtpServer, space_id: str, password: str | UnsetType = UNSET) -> SmtpAccess:
    return SmtpAccess(user=space_id, password=password, host=server.host or UNSET, port=server.port or UNSET)


def space_entry(space: Inbox, domains: list[str]) -> SpaceEntry:
    return view(space, SpaceEntry, name=space.label, domains=domains, retention=space.retention or Retention())


def space_view(shown: ShownSpace, smtp: SmtpAccess, *, endpoint: Endpoint | None = None) -> SpaceView:
    space = shown.space
    return view(
        space,
        SpaceView,
        name=space.label,
        domains=shown.domains,
        retention=space.retention or Retention(),
        message_count=shown.stats.message_count,
        unread_count=shown.stats.unread_count,
        webhook_url=shown.webhook_url,
        smtp=smtp,
        webhook_secret=endpoint.secret if endpoint else UNSET,
    )


def new_space(created: CreatedSpace, domains: list[str], smtp: SmtpAccess) -> NewSpace:
    space, endpoint = created.space, created.endpoint
    return view(
        space,
        NewSpace,
        name=space.label,
        domains=domains,
        retention=space.retention or Retention(),
        message_count=0,
        unread_count=0,
        webhook_url=endpoint.url if endpoint else None,
        smtp=smtp,
        webhook_secret=endpoint.secret if endpoint else UNSET,
        token=created.token,
    )
