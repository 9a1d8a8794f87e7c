"""What Mailpit offers for a message and Mayfly does not: refused in the way that its clients understand."""

from typing import Any

from litestar import Response, get, post
from msgspec import Struct

from api_gateway.dialects.mailpit.addresses import address_in
from api_gateway.dialects.mailpit.bodies import read_body
from api_gateway.dialects.mailpit.call import GivenCall
from api_gateway.dialects.mailpit.message import MESSAGE, MessageName, PartId
from api_gateway.dialects.mailpit.options import READ, WRITE
from api_gateway.refusals import BadInput, NotFound


class Release(Struct, frozen=True):
    to: list[str] = []


@get(f"{MESSAGE}/html-check", opt=READ)
async def check_html(
    message_id: MessageName,
    call: GivenCall,
) -> Response[Any]:
    """Refused: nothing here knows which mail programs support which HTML."""
    message = await call.find(message_id)
    raise BadInput("HTML check is not available" if message.html else "message does not contain HTML")


@get(f"{MESSAGE}/link-check", opt=READ)
async def check_links(
    message_id: MessageName,
    call: GivenCall,
) -> Response[Any]:
    """Refused: links in mail are not opened."""
    await call.find(message_id)
    raise BadInput("Link check is not available: links in mail are not opened")


@get(f"{MESSAGE}/sa-check", opt=READ)
async def check_spam(message_id: MessageName) -> Response[Any]:  # noqa: ARG001
    """Refused: there is no SpamAssassin."""
    raise NotFound("SpamAssassin is not enabled")


@get(f"{MESSAGE}/rspamd-check", opt=READ)
async def check_spam_by_rspamd(message_id: MessageName) -> Response[Any]:  # noqa: ARG001
    """Refused: there is no Rspamd."""
    raise NotFound("Rspamd is not enabled")


@get(f"{MESSAGE}/part/{{part_id:str}}/thumb", opt=READ)
async def get_thumbnail(message_id: MessageName, part_id: PartId) -> Response[Any]:  # noqa: ARG001
    """Refused: images are not read."""
    raise NotFound("thumbnails are not available")


@post(f"{MESSAGE}/release", status_code=200, opt=WRITE)
async def release(
    message_id: MessageName,
    call: GivenCall,
) -> Response[Any]:
    """Refused: Mayfly sends no mail."""
    await call.find(message_id)
    asked = await read_body(call.request, Release)
    for address in asked.to:
        if address_in(address) is None:
            raise BadInput(f"Invalid email address: {address}")
    if not asked.to:
        raise BadInput("No valid addresses found")
    raise BadInput("Message relaying is not available: Mayfly sends no mail")
