"""JSON bodies of MinuteMail, most of them camelCase, and its field names that differ from the native ones."""

import re
from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from api_gateway.accounts import AllowedDomain, Invite
from api_gateway.dialects.alike import DomainName, LocalPart

_AT_ONCE = 200
MINUTES = re.compile(r"([1-9]|[1-5][0-9]|60)m?", re.ASCII)
_Minutes = Annotated[int, Meta(ge=1, le=60)] | Annotated[str, Meta(pattern=f"^{MINUTES.pattern}$")]
_Word = Annotated[str, Meta(max_length=200)]
_Words = Annotated[list[_Word], Meta(max_length=50)]


# Fields that MinuteMail names differently; all others are only written in camelCase.
_OTHER_NAMES = {
    "local_part": "alias",
    "inbox_id": "mailboxId",
    "from_address": "sender",
    "filename": "name",
    "size": "sizeBytes",
}


def _wire(name: str) -> str:
    first, *others = name.split("_")
    return _OTHER_NAMES.get(name) or first + "".join(word.title() for word in others)


class Ids(Struct, frozen=True, kw_only=True):
    ids: Annotated[list[Annotated[str, Meta(max_length=400)]], Meta(min_length=1, max_length=_AT_ONCE)]


class CreateMailbox(Struct, frozen=True, kw_only=True, rename=_wire):
    """`expiresIn`: whole minutes, default 60. `tag` and `owner`: free text; `recoverable` requires `tag`."""

    domain: DomainName | None = None
    local_part: LocalPart | None = None
    expires_in: _Minutes | None = None
    recoverable: bool = False
    tag: _Word | None = None
    owner: _Word | None = None
    no_expiration: bool = False


class ArchivedMailbox(Struct, frozen=True, kw_only=True, rename=_wire):
    id: str
    local_part: str
    domain: str
    tag: str | None
    owner: str | None
    created_at: datetime


class Mailbox(ArchivedMailbox, frozen=True, kw_only=True):
    address: str
    recoverable: bool
    message_count: int
    expires_at: datetime | None


class Reactivate(Struct, frozen=True, kw_only=True, rename=_wire):
    expires_in: _Minutes | None = None


class AttachmentSummary(Struct, frozen=True, kw_only=True, rename=_wire):
    id: str
    filename: str
    size: int
    content_type: str


class AttachmentData(AttachmentSummary, frozen=True, kw_only=True):
    """An attachment with its content; `data` in base64."""

    data: bytes


class CreateAttachment(Struct, frozen=True, kw_only=True, rename={"size": "sizeBytes", "content_type": "contentType"}):
    """`data` in base64; `sizeBytes`, if present, must be the size of the decoded data."""

    filename: Annotated[str, Meta(min_length=1, max_length=200)]
    data: bytes
    size: int | None = None
    content_type: _Word = "application/octet-stream"


class Mail(Struct, frozen=True, kw_only=True, rename=_wire):
    id: str
    inbox_id: str
    from_address: str
    subject: str
    body: str
    has_attachments: bool
    attachments: list[AttachmentSummary]
    received_at: datetime


class WholeMail(Mail, frozen=True, kw_only=True):
    headers: dict[str, str]


class CreateMember(Invite, frozen=True, kw_only=True):
    """Listed as given; `user_id` names no account."""

    user_id: _Word | None = None
    username: _Word | None = None
    status: Annotated[str, Meta(min_length=1, max_length=50)] = "ACTIVE"


class _Person(Struct, frozen=True, kw_only=True):
    id: str
    email: str
    status: str
    created_at: datetime


class InvitationView(_Person, frozen=True, kw_only=True):
    expires_at: datetime | None


class NewInvitation(InvitationView, frozen=True, kw_only=True):
    """`code`: what the invited person accepts with; shown only in this response. Mayfly sends no mail: hand it over."""

    code: str


class MemberView(_Person, frozen=True, kw_only=True, rename={"name": "username"}):
    """`user_id`: id of the member's account; in an entry made by `POST /v1/members`, what its maker gave."""

    user_id: str | None
    name: str | None


class CreateKey(Struct, frozen=True, kw_only=True):
    """`scopes` empty: all. `domains` empty: usable from any site. `expires_at`: RFC 3339 with offset."""

    name: Annotated[str, Meta(min_length=1, max_length=200)]
    scopes: _Words = []
    domains: Annotated[list[AllowedDomain], Meta(max_length=50)] = []
    expires_at: Annotated[datetime, Meta(tz=True)] | None = None


class KeyView(
    Struct,
    frozen=True,
    kw_only=True,
    rename={"label": "name", "prefix": "key_prefix", "account_id": "owner", "allowed_domains": "domains"},
):
    id: str
    label: str
    prefix: str
    account_id: str
    scopes: list[str]
    allowed_domains: list[str]
    expires_at: datetime | None
    last_used_at: datetime | None
    created_at: datetime


class NewKey(KeyView, frozen=True, kw_only=True):
    """`api_key`: the key itself, shown only in this response."""

    api_key: str


class OwnerOfKeys(Struct, frozen=True, kw_only=True):
    owner: _Word


class NewScopes(Struct, frozen=True, kw_only=True):
    scopes: _Words


class Scoped(Struct, frozen=True, kw_only=True):
    status: Literal["updated"]
    id: str
    scopes: list[str]


class Ended(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`id` or `invitation_id`: the deleted object; `count` or `deleted`: number of deleted objects."""

    status: Literal["deleted"]
    id: str | None = None
    invitation_id: str | None = None
    count: int | None = None
    deleted: int | None = None
