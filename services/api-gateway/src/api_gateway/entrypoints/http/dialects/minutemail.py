"""MinuteMail: /v1. Inboxes are mailboxes here, with minutes to live; most names on the wire are in camel case."""

import re
from datetime import datetime
from typing import Annotated, Any, Literal, TypeVar

from litestar import Request, Response, delete, get, post, put
from litestar.enums import MediaType
from litestar.params import JSONBody, PathParameter, QueryParameter
from msgspec import Meta, Struct

from api_gateway.entrypoints.http.api_keys import AllowedDomain
from api_gateway.entrypoints.http.dialects.alike import (
    CREATE,
    READ,
    WHOLE_LIST,
    WRITE,
    DomainName,
    LocalPart,
    ttl_seconds,
    view,
)
from api_gateway.entrypoints.http.domains import ClaimDomain, ClaimView, VerificationView, claim_view, verification_view
from api_gateway.entrypoints.http.faults import Fault, native_shape
from api_gateway.entrypoints.http.given import (
    DomainId,
    GivenCaller,
    GivenCalls,
    InboxName,
    InvitationId,
    KeyId,
    MemberId,
    MessageId,
)
from api_gateway.entrypoints.http.injection import BODY_OCTETS, read_draft
from api_gateway.entrypoints.http.messages import joined_headers
from api_gateway.entrypoints.http.team import Invite
from api_gateway.errors import BadInput, NotFound, WrongSite
from api_gateway.handlers.api_keys import KeyWish
from api_gateway.handlers.inboxes import InboxWish
from api_gateway.handlers.injection import Upload
from mayfly.records.message import Attachment, Message

TITLE = "MinuteMail"
PREFIXES = ("/v1",)
FIELDS = {"local_part": "alias"}
_AT_ONCE = 200
_S = TypeVar("_S", bound=Struct)

_MINUTES = re.compile(r"([1-9]|[1-5][0-9]|60)m?", re.ASCII)
_Minutes = Annotated[int, Meta(ge=1, le=60)] | Annotated[str, Meta(pattern=f"^{_MINUTES.pattern}$")]
_Word = Annotated[str, Meta(max_length=200)]
_Words = Annotated[list[_Word], Meta(max_length=50)]
_Address = Annotated[str | None, QueryParameter(max_length=400, description="Only the mailbox with this address")]
_AttachmentId = Annotated[str, PathParameter(description="The attachment's id")]
_Owner = Annotated[str | None, QueryParameter(max_length=200, description="Only mailboxes of this owner")]

_DOMAINS_READ, _DOMAINS_WRITE = {**READ, "scope": "domains:read"}, {**WRITE, "scope": "domains:write"}
_TEAM_READ, _TEAM_WRITE = {**READ, "scope": "team:read"}, {**WRITE, "scope": "team:write"}
_KEYS = {**WRITE, "scope": "*"}

_FIELDS = {name: {"type": "string"} for name in ("sender", "subject", "body", "expiresIn")}
_FORM = {"schema": {"type": "object", "required": ["sender"], "properties": _FIELDS}}
_INJECTED: dict[str, Any] = {"required": True, "content": {"multipart/form-data": _FORM}}

_MAILS = "/v1/mailboxes/{address:str}/mails"
_MAIL = _MAILS + "/{message_id:str}"
_ATTACHMENTS = _MAIL + "/attachments"
_ATTACHMENT = _ATTACHMENTS + "/{attachment_id:str}"

# What the wire calls our fields, besides writing them in camel case.
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
    """`expiresIn`: whole minutes, an hour without it. `tag` and `owner`: words of one's own."""

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
    """`data` in base64."""

    data: bytes


class CreateAttachment(Struct, frozen=True, kw_only=True, rename={"size": "sizeBytes", "content_type": "contentType"}):
    """`data` in base64; `sizeBytes`, where given, is the size of what it decodes to."""

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
    username: _Word | None = None
    status: Literal["ACTIVE"] = "ACTIVE"


class InvitationView(Struct, frozen=True, kw_only=True):
    id: str
    email: str
    status: str
    created_at: datetime


class MemberView(InvitationView, frozen=True, kw_only=True, rename={"account_id": "user_id", "name": "username"}):
    """`user_id`: of the account with that address, once there is one."""

    account_id: str | None
    name: str | None


class CreateKey(Struct, frozen=True, kw_only=True):
    """`scopes` empty: all. `domains` empty: usable from anywhere. `expires_at`: RFC 3339, with its offset."""

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
    """`api_key` is told this once."""

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
    """`id` or `invitation_id`: what is gone; `count` or `deleted`: how many."""

    status: Literal["deleted"]
    id: str | None = None
    invitation_id: str | None = None
    count: int | None = None
    deleted: int | None = None


@get("/v1/mailboxes", opt=READ)
async def list_mailboxes(
    caller: GivenCaller, calls: GivenCalls, address: _Address = None, owner: _Owner = None
) -> dict[str, list[Mailbox]]:
    """`items`: the live mailboxes, newest first."""
    found = await calls.bulk.counted_inboxes(caller, WHOLE_LIST)
    wanted = address.lower() if address else None
    return {
        "items": [
            view(inbox, Mailbox, message_count=count)
            for inbox, count in found
            if wanted in (None, inbox.address) and owner in (None, inbox.owner)
        ]
    }


@post("/v1/mailboxes", opt=CREATE)
async def create_mailbox(
    caller: GivenCaller, calls: GivenCalls, data: JSONBody[CreateMailbox | None] = None
) -> Mailbox:
    """Create a mailbox."""
    asked = data or CreateMailbox()
    if asked.no_expiration and asked.expires_in is not None:
        raise BadInput("a mailbox without expiration has none", field="expiresIn")
    wish = InboxWish(
        domain=asked.domain,
        local_part=asked.local_part,
        ttl_seconds=None if asked.no_expiration else _seconds(asked.expires_in),
        recoverable=asked.recoverable,
        tag=asked.tag,
        owner=asked.owner,
    )
    return view((await calls.inboxes.create(caller, wish)).inbox, Mailbox, message_count=0)


@get("/v1/mailboxes/{address:str}", opt=READ)
async def get_mailbox(address: InboxName, caller: GivenCaller, calls: GivenCalls) -> Mailbox:
    """One mailbox."""
    inbox, stats, _ = await calls.inboxes.get(caller, address)
    return view(inbox, Mailbox, message_count=stats.message_count)


@delete("/v1/mailboxes/{address:str}", opt=WRITE)
async def delete_mailbox(address: InboxName, caller: GivenCaller, calls: GivenCalls) -> None:
    """Delete a mailbox; a recoverable one is archived."""
    await calls.inboxes.delete(caller, address)


@delete("/v1/mailboxes", opt=WRITE)
async def delete_mailboxes(data: JSONBody[Ids], caller: GivenCaller, calls: GivenCalls) -> None:
    """Delete these mailboxes, or none if one of them is missing."""
    await calls.bulk.delete_inboxes(caller, data.ids)


@get(_MAILS, opt=READ)
async def list_mails(address: InboxName, caller: GivenCaller, calls: GivenCalls) -> dict[str, list[Mail]]:
    """`items`: the newest mails, whole."""
    _, messages = await calls.bulk.whole_messages(caller, address)
    return {"items": [_mail(message, Mail) for message in messages]}


@post(_MAILS, request_max_body_size=BODY_OCTETS, opt={**CREATE, "request_body": _INJECTED})
async def inject_mail(
    address: InboxName, request: Request[Any, Any, Any], caller: GivenCaller, calls: GivenCalls
) -> WholeMail:
    """Put a mail into the mailbox: multipart with `sender`, `subject`, `body`, `expiresIn` and files."""
    draft, texts = await read_draft(request, required=("sender",))
    if not _MINUTES.fullmatch(texts.get("expiresIn", "1")):
        raise BadInput("whole minutes, 1 to 60", field="expiresIn")
    injected = await calls.injection.inject_draft(caller, address, draft)
    return _whole(await calls.bulk.await_message(caller, injected.message_id))


@get(_MAIL, opt=READ)
async def get_mail(address: InboxName, message_id: MessageId, caller: GivenCaller, calls: GivenCalls) -> WholeMail:
    """One mail."""
    return _whole(await calls.bulk.message_of(caller, address, message_id, is_read=True))


@delete(_MAIL, opt=WRITE)
async def delete_mail(address: InboxName, message_id: MessageId, caller: GivenCaller, calls: GivenCalls) -> None:
    """Delete one mail."""
    await calls.bulk.delete_messages(caller, address, [message_id])


@delete(_MAILS, opt=WRITE)
async def delete_mails(address: InboxName, data: JSONBody[Ids], caller: GivenCaller, calls: GivenCalls) -> None:
    """Delete these mails, or none if one of them is missing."""
    await calls.bulk.delete_messages(caller, address, data.ids)


@get(_ATTACHMENTS, opt=READ)
async def list_attachments(
    address: InboxName, message_id: MessageId, caller: GivenCaller, calls: GivenCalls
) -> dict[str, list[AttachmentSummary]]:
    """`items`: the attachments of a mail."""
    message = await calls.bulk.message_of(caller, address, message_id)
    return {"items": [_attachment(attachment, AttachmentSummary) for attachment in message.attachments]}


@post(_ATTACHMENTS, request_max_body_size=BODY_OCTETS, opt=CREATE)
async def create_attachment(
    address: InboxName, message_id: MessageId, data: JSONBody[CreateAttachment], caller: GivenCaller, calls: GivenCalls
) -> AttachmentSummary:
    """Attach a file to a mail."""
    if data.size not in (None, len(data.data)):
        raise BadInput(f"data decodes to {len(data.data)} octets", field="sizeBytes")
    await calls.bulk.message_of(caller, address, message_id)
    upload = Upload(data.filename, data.content_type, data.data)
    return _attachment(await calls.attachments.add(caller, message_id, upload), AttachmentSummary)


@get(_ATTACHMENT, opt=READ)
async def get_attachment(
    address: InboxName, message_id: MessageId, attachment_id: _AttachmentId, caller: GivenCaller, calls: GivenCalls
) -> AttachmentData:
    """One attachment with its data."""
    await calls.bulk.message_of(caller, address, message_id)
    attachment, octets = await calls.attachments.get(caller, message_id, _index(attachment_id))
    return _attachment(attachment, AttachmentData, data=octets)


@delete(_ATTACHMENT, opt=WRITE)
async def delete_attachment(
    address: InboxName, message_id: MessageId, attachment_id: _AttachmentId, caller: GivenCaller, calls: GivenCalls
) -> None:
    """Remove one attachment."""
    await calls.bulk.message_of(caller, address, message_id)
    if not await calls.attachments.remove(caller, message_id, {_index(attachment_id)}):
        raise NotFound("no such attachment")


@delete(_ATTACHMENTS, opt=WRITE)
async def delete_attachments(
    address: InboxName, message_id: MessageId, data: JSONBody[Ids], caller: GivenCaller, calls: GivenCalls
) -> None:
    """Remove these attachments; ids that are unknown are skipped."""
    await calls.bulk.message_of(caller, address, message_id)
    await calls.attachments.remove(caller, message_id, {_index(attachment_id) for attachment_id in data.ids})


@get("/v1/archived-mailboxes", opt=READ)
async def list_archived_mailboxes(caller: GivenCaller, calls: GivenCalls) -> dict[str, list[ArchivedMailbox]]:
    """`items`: the archived mailboxes, newest first."""
    page = await calls.inboxes.mine(caller, limit=WHOLE_LIST, status="archived")
    return {"items": [view(inbox, ArchivedMailbox) for inbox in page.entries]}


@get("/v1/archived-mailboxes/{address:str}", opt=READ)
async def get_archived_mailbox(address: InboxName, caller: GivenCaller, calls: GivenCalls) -> ArchivedMailbox:
    """One archived mailbox."""
    return view(await calls.archive.get(caller, address), ArchivedMailbox)


@post("/v1/archived-mailboxes/{address:str}/reactivate", opt=CREATE)
async def reactivate_mailbox(
    address: InboxName, caller: GivenCaller, calls: GivenCalls, data: JSONBody[Reactivate | None] = None
) -> Mailbox:
    """Give an archived mailbox a life again: the same address, empty."""
    seconds = _seconds(data.expires_in if data else None)
    return view((await calls.inboxes.reactivate(caller, address, seconds)).inbox, Mailbox, message_count=0)


@delete("/v1/archived-mailboxes/{address:str}", opt=WRITE)
async def delete_archived_mailbox(address: InboxName, caller: GivenCaller, calls: GivenCalls) -> None:
    """Give up an archived mailbox and its address."""
    await calls.archive.let_go(caller, [address])


@delete("/v1/archived-mailboxes", opt=WRITE)
async def delete_archived_mailboxes(data: JSONBody[Ids], caller: GivenCaller, calls: GivenCalls) -> None:
    """Give up these archived mailboxes, or none if one of them is missing."""
    await calls.archive.let_go(caller, data.ids)


@get("/v1/domains", opt=_DOMAINS_READ)
async def list_domains(caller: GivenCaller, calls: GivenCalls) -> dict[str, list[ClaimView]]:
    """`domains`: those of one's own, proven or not."""
    return {"domains": [claim_view(claim) for claim in await calls.domains.claims_of(caller)]}


@post("/v1/domains", opt={**_DOMAINS_WRITE, "creates": True})
async def create_domain(data: JSONBody[ClaimDomain], caller: GivenCaller, calls: GivenCalls) -> ClaimView:
    """Claim a domain; its `txt_token` is to be published."""
    return claim_view(await calls.domains.claim(caller, data.name))


@post("/v1/domains/{domain_id:str}/verify", status_code=200, opt=_DOMAINS_WRITE)
async def verify_domain(domain_id: DomainId, caller: GivenCaller, calls: GivenCalls) -> VerificationView:
    """Look for the TXT and MX records now."""
    return verification_view(await calls.domains.verify(caller, domain_id))


@delete("/v1/domains/{domain_id:str}", status_code=202, opt=_DOMAINS_WRITE)
async def delete_domain(domain_id: DomainId, caller: GivenCaller, calls: GivenCalls) -> Ended:
    """Let go of a domain."""
    await calls.domains.delete(caller, domain_id)
    return Ended(status="deleted", id=domain_id)


@get("/v1/members", opt=_TEAM_READ)
async def list_members(caller: GivenCaller, calls: GivenCalls) -> dict[str, list[MemberView]]:
    """`members`: who shares the plan."""
    return {"members": [view(member, MemberView, status="ACTIVE") for member in await calls.teams.members(caller)]}


@post("/v1/members", opt={**_TEAM_WRITE, "creates": True})
async def create_member(data: JSONBody[CreateMember], caller: GivenCaller, calls: GivenCalls) -> MemberView:
    """Let somebody share the plan."""
    return view(await calls.teams.add(caller, data.email.lower(), data.username), MemberView, status="ACTIVE")


@get("/v1/members/{member_id:str}", opt=_TEAM_READ)
async def get_member(member_id: MemberId, caller: GivenCaller, calls: GivenCalls) -> MemberView:
    """One member."""
    return view(await calls.teams.member(caller, member_id), MemberView, status="ACTIVE")


@delete("/v1/members/{member_id:str}", status_code=202, opt=_TEAM_WRITE)
async def delete_member(member_id: MemberId, caller: GivenCaller, calls: GivenCalls) -> Ended:
    """Take a member out of the team."""
    await calls.teams.remove(caller, member_id)
    return Ended(status="deleted", id=member_id)


@delete("/v1/members", status_code=200, opt=_TEAM_WRITE)
async def delete_all_members(caller: GivenCaller, calls: GivenCalls) -> Ended:
    """Take every member out of the team."""
    return Ended(status="deleted", count=await calls.teams.remove_all(caller))


@get("/v1/invitations", opt=_TEAM_READ)
async def list_invitations(caller: GivenCaller, calls: GivenCalls) -> dict[str, list[InvitationView]]:
    """`invitations`: those nobody has accepted yet."""
    found = await calls.teams.invitations(caller)
    return {"invitations": [view(member, InvitationView, status="PENDING") for member in found]}


@post("/v1/invitations", opt={**_TEAM_WRITE, "creates": True})
async def create_invitation(data: JSONBody[Invite], caller: GivenCaller, calls: GivenCalls) -> InvitationView:
    """Invite somebody into the team."""
    return view(await calls.teams.invite(caller, data.email.lower()), InvitationView, status="PENDING")


@delete("/v1/invitations/{invitation_id:str}", status_code=200, opt=_TEAM_WRITE)
async def delete_invitation(invitation_id: InvitationId, caller: GivenCaller, calls: GivenCalls) -> Ended:
    """Take an invitation back."""
    await calls.teams.remove(caller, invitation_id, "invited")
    return Ended(status="deleted", invitation_id=invitation_id)


@get("/v1/api-keys", opt=_KEYS)
async def list_keys(caller: GivenCaller, calls: GivenCalls) -> dict[str, list[KeyView]]:
    """`api_keys`: those that are not revoked, newest first."""
    return {"api_keys": [view(key, KeyView) for key in await calls.keys.of_account(caller.account) if key.is_active]}


@post("/v1/api-keys", opt={**_KEYS, "creates": True})
async def create_key(data: JSONBody[CreateKey], caller: GivenCaller, calls: GivenCalls) -> NewKey:
    """Make an API key."""
    scopes, domains = tuple(data.scopes), tuple(data.domains)
    wish = KeyWish(label=data.name, expires_at=data.expires_at, scopes=scopes, allowed_domains=domains)
    key, text = await calls.keys.create(caller.account, wish)
    return view(key, NewKey, api_key=text)


@delete("/v1/api-keys/{key_id:str}", status_code=200, opt=_KEYS)
async def delete_key(key_id: KeyId, caller: GivenCaller, calls: GivenCalls) -> Ended:
    """Revoke a key for good."""
    await calls.keys.revoke(caller.account, key_id)
    return Ended(status="deleted", id=key_id)


@delete("/v1/api-keys", status_code=200, opt=_KEYS)
async def delete_keys(data: JSONBody[OwnerOfKeys], caller: GivenCaller, calls: GivenCalls) -> Ended:
    """Revoke every key of the owner: the account itself, or a member of its team."""
    account_id = await calls.teams.account_of(caller, data.owner)
    return Ended(status="deleted", deleted=await calls.keys.revoke_all(account_id))


@put("/v1/api-keys/{key_id:str}/scopes", opt=_KEYS)
async def set_scopes(key_id: KeyId, data: JSONBody[NewScopes], caller: GivenCaller, calls: GivenCalls) -> Scoped:
    """Give a key other scopes."""
    return view(await calls.keys.set_scopes(caller.account, key_id, data.scopes), Scoped, status="updated")


def shape(fault: Fault) -> Response[Any]:
    """The native shape; a key used from a foreign domain is told so in plain text."""
    if fault.message != WrongSite().reason:
        return native_shape(fault)
    return Response(fault.message, status_code=fault.status, headers=dict(fault.headers), media_type=MediaType.TEXT)


def _seconds(minutes: int | str | None) -> int:
    return ttl_seconds(int(minutes.removesuffix("m")) if isinstance(minutes, str) else minutes)


def _mail(message: Message, shape: type[_S], **given: Any) -> _S:
    attachments = [_attachment(attachment, AttachmentSummary) for attachment in message.attachments]
    given |= {"body": message.text or message.html, "attachments": attachments, "has_attachments": bool(attachments)}
    return view(message, shape, **given)


def _whole(message: Message) -> WholeMail:
    return _mail(message, WholeMail, headers=joined_headers(message.headers))


def _attachment(attachment: Attachment, shape: type[_S], **given: Any) -> _S:
    return view(attachment, shape, id=str(attachment.index), **given)


def _index(attachment_id: str) -> int:
    """The attachment's index; for what is no id of ours one that none has."""
    return int(attachment_id) if re.fullmatch("[0-9]{1,6}", attachment_id, re.ASCII) else -1
