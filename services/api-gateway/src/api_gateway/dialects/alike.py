"""JSON bodies, route options and limits that several dialects share."""

from datetime import datetime
from typing import Annotated, Any, Generic, Literal, TypeVar

from litestar import Response
from litestar.enums import MediaType
from msgspec import Meta, Struct

from api_gateway.edge.faults import Fault
from api_gateway.inboxes import DEFAULT_TTL_SECONDS

T = TypeVar("T")

Minutes = Annotated[int, Meta(ge=1, le=10 * 365 * 24 * 60)]
LocalPart = Annotated[str, Meta(min_length=1, max_length=64)]
DomainName = Annotated[str, Meta(min_length=1, max_length=255)]

# Route options, checked by edge.admission.
READ = {"needs": "account", "scope": "mailboxes:read"}
WRITE = {"needs": "account", "scope": "mailboxes:write"}
CREATE = {**WRITE, "creates": True}

# These dialects have no paging; every preset plan allows fewer inboxes than this.
WHOLE_LIST = 1_000


class Success(Struct, Generic[T], frozen=True, kw_only=True):
    """A successful response of DustMail and Run2Mail."""

    success: Literal[True] = True
    data: T


class Failed(Struct, frozen=True, kw_only=True):
    """An error response of DustMail and Run2Mail."""

    success: Literal[False] = False
    error: str
    message: str


class InboxView(Struct, frozen=True, kw_only=True, rename={"address": "email"}):
    """An inbox as DustMail and Run2Mail show it; `expires_at` null: persistent."""

    id: str
    address: str
    created_at: datetime
    expires_at: datetime | None


class MailView(Struct, frozen=True, kw_only=True, rename={"from_address": "from"}):
    """A mail as DustMail and Run2Mail show it."""

    id: str
    from_address: str
    subject: str
    text: str
    html: str
    received_at: datetime
    has_attachments: bool


class AttachmentView(Struct, frozen=True, kw_only=True):
    """`size` in octets."""

    index: int
    filename: str
    content_type: str
    size: int


def success_shape(fault: Fault) -> Response[Any]:
    body = Failed(error=fault.code, message=fault.message)
    return Response(body, status_code=fault.status, headers=dict(fault.headers), media_type=MediaType.JSON)


def ttl_seconds(minutes: int | None) -> int:
    return DEFAULT_TTL_SECONDS if minutes is None else minutes * 60
