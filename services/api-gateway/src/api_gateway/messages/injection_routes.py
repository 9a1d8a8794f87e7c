"""POST /api/v1/inboxes/{address}/messages: puts a mail into an inbox without SMTP, raw or composed from a form."""

from typing import Any

from litestar import Request, Router, post
from msgspec import Struct

from api_gateway.edge.parameters import Given, GivenCaller, InboxName
from api_gateway.messages.forms import BODY_OCTETS, read_draft
from api_gateway.messages.handlers import MessageHandlers
from api_gateway.refusals import BadInput

_TEXT = {"type": "string"}
# For the OpenAPI document: the route reads its body itself, so Litestar cannot derive this.
_REQUEST_BODY: dict[str, Any] = {
    "required": True,
    "content": {
        "message/rfc822": {"schema": {"type": "string", "format": "binary"}},
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["sender", "subject"],
                "properties": dict.fromkeys(("sender", "subject", "body", "html"), _TEXT),
            }
        },
    },
}


class InjectedView(Struct, frozen=True, kw_only=True):
    """The mail was accepted. A message with this `id` exists once it is parsed, usually within milliseconds."""

    id: str
    inbox_id: str
    address: str


@post(
    "/{address:str}/messages",
    status_code=202,
    request_max_body_size=BODY_OCTETS,
    opt={"scope": "mailboxes:write", "creates": True, "request_body": _REQUEST_BODY},
)
async def inject_message(
    address: InboxName, request: Request[Any, Any, Any], caller: GivenCaller, messages: Given[MessageHandlers]
) -> InjectedView:
    """Put a mail into an inbox: `message/rfc822`, or a form with `sender`, `subject`, `body`, `html` and files."""
    kind = request.content_type[0]
    if kind == "multipart/form-data":
        draft, _ = await read_draft(request, required=("sender", "subject"))
        injected = await messages.inject.draft(caller, address, draft)
    elif kind == "message/rfc822":
        injected = await messages.inject.raw(caller, address, await request.body())
    else:
        raise BadInput("must be message/rfc822 or multipart/form-data", field="Content-Type")
    return InjectedView(id=injected.message_id, inbox_id=injected.inbox.id, address=injected.inbox.address)


ROUTES: list[Any] = [Router("/api/v1/inboxes", tags=["messages"], route_handlers=[inject_message])]
