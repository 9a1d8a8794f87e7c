"""/api/v1/messages/{id}: one message, its source and its parts, and its deletion."""

import base64
import binascii
from typing import Any

import msgspec
from litestar import Response, delete, get, post

from api_gateway.dialects.mailhog.content import COPIES, part_body, raw_parts
from api_gateway.dialects.mailhog.lists import JSON
from api_gateway.dialects.mailhog.views import item_of, without_trace
from api_gateway.dialects.mailpit.call import Call, GivenCall
from api_gateway.dialects.mailpit.options import READ, WRITE
from api_gateway.edge.downloads import Download, safe_headers
from api_gateway.edge.large_responses import Fetched
from api_gateway.edge.parameters import AttachmentIndex, MessageId
from api_gateway.refusals import NotFound
from mayfly.records.message import Message

_MESSAGE = "/api/v1/messages/{message_id:str}"


@get(_MESSAGE, opt=READ)
async def get_message(message_id: MessageId, call: GivenCall) -> Response[Any]:
    """Get a message with its content; `null` if there is none with this id."""
    try:
        message = await _find(call, message_id)
    except NotFound:
        return Response(b"null", headers=JSON)

    async def encoded() -> bytes:
        return msgspec.json.encode(item_of(message, await call.messages.read.raw(message)))

    return Fetched(message.raw_size * COPIES, encoded, JSON)


@get(f"{_MESSAGE}/download", opt=READ)
async def download(message_id: MessageId, call: GivenCall) -> Response[Any]:
    """Download the raw mail of a message, as it was received."""
    message = await _find(call, message_id)
    return Download(message.raw_size, lambda: call.messages.read.raw(message), f"{message_id}.eml", "message/rfc822")


@get(f"{_MESSAGE}/mime/part/{{index:int}}/download", opt=READ)
async def download_part(message_id: MessageId, index: AttachmentIndex, call: GivenCall) -> Response[Any]:
    """Download a part by its place in `MIME.Parts`, decoded if it is in base64."""
    message = await _find(call, message_id)
    _, octets = without_trace(await call.messages.read.raw(message), message.envelope.reverse_path)
    parts = raw_parts(octets)
    if index >= len(parts):
        raise NotFound("no such part")
    fields, body = part_body(parts[index])
    named = {name.lower(): values[0] for name, values in fields.items()}
    if named.get("content-transfer-encoding", "").strip().lower() == "base64":
        body = _decoded(body)
    _, _, name = named.get("content-disposition", "").partition("filename=")
    filename = name.split(";")[0].strip(' "') or f"{message_id}-part-{index}"
    return Response(body, headers=safe_headers(filename, named.get("content-type", "text/plain")))


@post(f"{_MESSAGE}/release", opt=WRITE)
async def release(message_id: MessageId) -> Response[bytes]:  # noqa: ARG001 - whichever it is
    """Refused, without a body: Mayfly never sends mail."""
    return Response(b"", status_code=400)


@delete(_MESSAGE, status_code=200, opt=WRITE)
async def delete_message(message_id: MessageId, call: GivenCall) -> Response[bytes]:
    """Delete a message. The response has no body, also for an unknown id (404)."""
    found = await call.messages.change.among(call.space, [message_id])
    await call.messages.change.delete_among(call.space, found)
    return Response(b"", status_code=200 if found else 404, headers=JSON)


async def _find(call: Call, message_id: str) -> Message:
    message = await call.messages.read.without_bodies(call.caller, message_id)
    if message.inbox_id != call.space.id:
        raise NotFound("no such message")
    return message


def _decoded(body: bytes) -> bytes:
    try:
        return base64.b64decode(body)
    except binascii.Error:
        return body
