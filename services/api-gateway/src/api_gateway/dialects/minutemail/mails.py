"""Routes of MinuteMail for the mails of a mailbox and their attachments."""

import re
from typing import Annotated, Any, TypeVar

from litestar import Request, Response, delete, get, post
from litestar.params import JSONBody, PathParameter
from msgspec import Struct, json

from api_gateway.dialects.alike import CREATE, READ, WRITE
from api_gateway.dialects.minutemail.views import (
    MINUTES,
    AttachmentData,
    AttachmentSummary,
    CreateAttachment,
    Ids,
    Mail,
    WholeMail,
)
from api_gateway.edge.head import is_head
from api_gateway.edge.large_responses import Fetched
from api_gateway.edge.parameters import Given, GivenCaller, InboxName, MessageId
from api_gateway.edge.views import view
from api_gateway.messages import MessageHandlers, Upload, joined_headers
from api_gateway.messages.forms import read_draft, require_inbox, require_message
from api_gateway.refusals import BadInput, NotFound
from api_gateway.settings import LARGEST_BODY
from mayfly.records.message import Attachment, Message

_S = TypeVar("_S", bound=Struct)
_AttachmentId = Annotated[str, PathParameter(description="Id of the attachment")]
_FIELDS = {name: {"type": "string"} for name in ("sender", "subject", "body", "expiresIn")}
_FORM = {"schema": {"type": "object", "required": ["sender"], "properties": _FIELDS}}
_INJECTED: dict[str, Any] = {"required": True, "content": {"multipart/form-data": _FORM}}
_MAILS = "/v1/mailboxes/{address:str}/mails"
_MAIL = _MAILS + "/{message_id:str}"
_ATTACHMENTS = _MAIL + "/attachments"
_ATTACHMENT = _ATTACHMENTS + "/{attachment_id:str}"


@get(_MAILS, opt=READ)
async def list_mails(
    address: InboxName, caller: GivenCaller, messages: Given[MessageHandlers]
) -> dict[str, list[Mail]]:
    """List the newest mails of a mailbox, bodies included (in `items`)."""
    _, newest = await messages.read.newest(caller, address)
    return {"items": [_mail(message, Mail) for message in newest]}


@post(
    _MAILS, request_max_body_size=LARGEST_BODY, opt={**CREATE, "request_body": _INJECTED, "before_body": require_inbox}
)
async def inject_mail(
    address: InboxName, request: Request[Any, Any, Any], caller: GivenCaller, messages: Given[MessageHandlers]
) -> WholeMail:
    """Put a mail into a mailbox: a form with `sender`, `subject`, `body`, `expiresIn` and files."""
    draft, texts = await read_draft(request, required=("sender",))
    if not MINUTES.fullmatch(texts.get("expiresIn", "1")):
        raise BadInput("must be a whole number of minutes, 1 to 60", field="expiresIn")
    injected = await messages.inject.draft(caller, address, draft)
    return _whole(await messages.read.awaited(caller, injected.message_id))


@get(_MAIL, opt=READ)
async def get_mail(
    request: Request[Any, Any, Any],
    address: InboxName,
    message_id: MessageId,
    caller: GivenCaller,
    messages: Given[MessageHandlers],
) -> WholeMail:
    """Get a mail with its body and headers. Marks it as read."""
    return _whole(await messages.read.in_inbox(caller, address, message_id, is_read=not is_head(request)))


@delete(_MAIL, opt=WRITE)
async def delete_mail(
    address: InboxName, message_id: MessageId, caller: GivenCaller, messages: Given[MessageHandlers]
) -> None:
    """Delete a mail."""
    await messages.change.delete_many(caller, address, [message_id])


@delete(_MAILS, opt=WRITE)
async def delete_mails(
    address: InboxName, data: JSONBody[Ids], caller: GivenCaller, messages: Given[MessageHandlers]
) -> None:
    """Delete several mails of a mailbox by id. If one does not exist, none is deleted."""
    await messages.change.delete_many(caller, address, data.ids)


@get(_ATTACHMENTS, opt=READ)
async def list_attachments(
    address: InboxName, message_id: MessageId, caller: GivenCaller, messages: Given[MessageHandlers]
) -> dict[str, list[AttachmentSummary]]:
    """List the attachments of a mail (in `items`)."""
    message = await messages.read.in_inbox(caller, address, message_id)
    return {"items": [_attachment(attachment, AttachmentSummary) for attachment in message.attachments]}


@post(_ATTACHMENTS, request_max_body_size=LARGEST_BODY, opt={**CREATE, "before_body": require_message})
async def create_attachment(
    address: InboxName,
    message_id: MessageId,
    data: JSONBody[CreateAttachment],
    caller: GivenCaller,
    messages: Given[MessageHandlers],
) -> AttachmentSummary:
    """Attach a file to a mail."""
    if data.size not in (None, len(data.data)):
        raise BadInput(f"must be {len(data.data)}, the size of the decoded data", field="sizeBytes")
    await messages.read.in_inbox(caller, address, message_id)
    upload = Upload(data.filename, data.content_type, data.data)
    return _attachment(await messages.attachments.add(caller, message_id, upload), AttachmentSummary)


@get(_ATTACHMENT, opt=READ)
async def get_attachment(
    address: InboxName,
    message_id: MessageId,
    attachment_id: _AttachmentId,
    caller: GivenCaller,
    messages: Given[MessageHandlers],
) -> Response[AttachmentData]:
    """Get an attachment with its data."""
    await messages.read.in_inbox(caller, address, message_id)
    index = _index(attachment_id)
    attachment = await messages.attachments.find(caller, message_id, index)
    fetch = messages.attachments.fetch(message_id, index)

    async def encoded() -> bytes:
        return json.encode(_attachment(attachment, AttachmentData, data=await fetch()))

    return Fetched(2 * attachment.size, encoded, {"content-type": "application/json"})  # the octets, and in Base64


@delete(_ATTACHMENT, opt=WRITE)
async def delete_attachment(
    address: InboxName,
    message_id: MessageId,
    attachment_id: _AttachmentId,
    caller: GivenCaller,
    messages: Given[MessageHandlers],
) -> None:
    """Delete an attachment of a mail."""
    await messages.read.in_inbox(caller, address, message_id)
    if not await messages.attachments.remove(caller, message_id, {_index(attachment_id)}):
        raise NotFound("no such attachment")


@delete(_ATTACHMENTS, opt=WRITE)
async def delete_attachments(
    address: InboxName,
    message_id: MessageId,
    data: JSONBody[Ids],
    caller: GivenCaller,
    messages: Given[MessageHandlers],
) -> None:
    """Delete several attachments of a mail by id; unknown ids are ignored."""
    await messages.read.in_inbox(caller, address, message_id)
    await messages.attachments.remove(caller, message_id, {_index(attachment_id) for attachment_id in data.ids})


def _mail(message: Message, shape: type[_S], **given: Any) -> _S:
    attachments = [_attachment(attachment, AttachmentSummary) for attachment in message.attachments]
    given |= {"body": message.text or message.html, "attachments": attachments, "has_attachments": bool(attachments)}
    return view(message, shape, **given)


def _whole(message: Message) -> WholeMail:
    return _mail(message, WholeMail, headers=joined_headers(message.headers))


def _attachment(attachment: Attachment, shape: type[_S], **given: Any) -> _S:
    return view(attachment, shape, id=str(attachment.index), **given)


def _index(attachment_id: str) -> int:
    """The index of the attachment; -1, which no attachment has, if the id is malformed."""
    return int(attachment_id) if re.fullmatch("[0-9]{1,6}", attachment_id, re.ASCII) else -1
