"""/api/v1/message/{ID}: one message, its header, source and parts. `latest` stands for the newest one."""

from typing import Annotated, Any
from urllib.parse import quote

import msgspec
from litestar import Response, get
from litestar.params import PathParameter

from api_gateway.dialects.mailpit.call import GivenCall
from api_gateway.dialects.mailpit.options import READ
from api_gateway.dialects.mailpit.source import fields_of, return_path_of, source_of
from api_gateway.dialects.mailpit.unsubscribe import list_unsubscribe_of
from api_gateway.dialects.mailpit.views import MessageView, message_view, part_id_of
from api_gateway.edge.downloads import safe_headers
from api_gateway.edge.large_responses import Fetched
from api_gateway.refusals import found

MessageName = Annotated[str, PathParameter(description="Id of the message, or `latest`")]
PartId = Annotated[str, PathParameter(description="`PartID` of an attachment")]
MESSAGE = "/api/v1/message/{message_id:str}"
# Shown by a browser, they could run scripts or load pages.
_SAVED = ("text/html", "text/xml", "application/xhtml+xml", "image/svg+xml", "application/xml", "text/xsl")
_UNESCAPED = "$&+=:@"  # beside letters, digits and `-_.~` (RFC 3986, section 3.3)


@get(MESSAGE, opt=READ)
async def get_message(
    message_id: MessageName,
    call: GivenCall,
) -> MessageView:
    """Get a message with its bodies. Marks it as read."""
    message = await call.open(message_id)
    return message_view(message, list_unsubscribe_of(message), return_path_of(message))


@get(f"{MESSAGE}/headers", opt=READ)
async def get_headers(
    message_id: MessageName,
    call: GivenCall,
) -> Response[Any]:
    """Get the header fields of a message: lists of undecoded values by name."""
    message = await call.find(message_id)

    async def encoded() -> bytes:
        return msgspec.json.encode(fields_of(source_of(message, await call.messages.read.raw(message))))

    return Fetched(message.raw_size, encoded, {"content-type": "application/json"})


@get(f"{MESSAGE}/raw", opt=READ)
async def get_source(
    message_id: MessageName,
    call: GivenCall,
) -> Response[Any]:
    """Get the source of a message; with `dl=1` as a download."""
    message = await call.find(message_id)
    headers = {"content-type": "text/plain; charset=utf-8"}
    if call.request.query_params.get("dl") == "1":
        headers["content-disposition"] = f'attachment; filename="{message.id}.eml"'

    async def source() -> bytes:
        return source_of(message, await call.messages.read.raw(message))

    return Fetched(message.raw_size, source, headers)


@get(f"{MESSAGE}/part/{{part_id:str}}", opt=READ)
async def get_part(
    message_id: MessageName,
    part_id: PartId,
    call: GivenCall,
) -> Response[Any]:
    """Get an attachment; browsers show it, except what could run scripts."""
    message = await call.find(message_id)
    parts = {part_id_of(attachment): attachment for attachment in message.attachments}
    part = found(parts.get(part_id), "no such part")
    is_saved = part.content_type in _SAVED
    headers = safe_headers(part.filename, "application/octet-stream" if is_saved else part.content_type)
    name = quote(part.filename, safe=_UNESCAPED)
    headers["content-disposition"] = f'{"attachment" if is_saved else "inline"}; filename="{name}"'
    return Fetched(part.size, call.messages.attachments.fetch(message.id, part.index), headers)
