"""POST /api/v1/send: puts a mail into the space without SMTP."""

from litestar import post
from msgspec import Struct

from api_gateway.dialects.doors import login_of
from api_gateway.dialects.mailpit.addresses import address_in
from api_gateway.dialects.mailpit.bodies import read_body
from api_gateway.dialects.mailpit.call import GivenCall
from api_gateway.dialects.mailpit.letter import Letter, compose, recipients_of
from api_gateway.dialects.mailpit.options import WRITE
from api_gateway.dialects.mailpit.views import go_name
from api_gateway.settings import LARGEST_BODY

_LONGEST_PATH = 254


class Sent(Struct, frozen=True, rename=go_name):
    id: str


@post("/api/v1/send", status_code=200, request_max_body_size=LARGEST_BODY, opt=WRITE)
async def send(call: GivenCall) -> Sent:
    """Put a mail into the space, and wait until it is stored. The user of Basic credentials is shown as `Username`."""
    letter = await read_body(call.request, Letter)
    recipients = recipients_of(letter)
    inject = call.messages.inject
    octets = await inject.compose(call.caller, lambda: compose(letter, inject.clock()))
    sender = (address_in(letter.from_.email) or "")[:_LONGEST_PATH]
    injected = await inject.raw(
        call.caller, call.space.id, octets, sender, recipients=recipients, login=login_of(call.request)
    )
    return Sent((await call.messages.read.awaited(call.caller, injected.message_id)).id)
