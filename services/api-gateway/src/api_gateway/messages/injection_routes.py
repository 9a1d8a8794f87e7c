"""POST /api/v1/inboxes/{address}/messages: puts a mail into an inbox without SMTP, raw or composed from a form."""

from collections.abc import Mapping
from typing import Any

from litestar import Request, Router, post
from litestar.connection import ASGIConnection
from msgspec import Struct

from api_gateway.edge.parameters import Given, GivenCaller, InboxName
from api_gateway.messages.forms import read_draft, require_inbox
from api_gateway.messages.handlers import MessageHandlers
from api_gateway.refusals import BadInput
from api_gateway.settings import LARGEST_BODY

_MAIL, _FORM = "message/rfc822", "multipart/form-data"
_TEXT = {"type": "string"}
# For the OpenAPI document: the route reads its body itself, so Litestar cannot derive this.
_REQUEST_BODY: dict[str, Any] = {
    "required": True,
    "content": {
        _MAIL: {"schema": {"type": "string", "format": "binary"}},
        _FORM: {
            "schema": {
                "type": "object",
                "required": ["sender", "subject"],
                "properties": dict.fromkeys(("sender", "subject", "body", "html", "to"), _TEXT),
            }
        },
    },
}


class InjectedView(Struct, frozen=True, kw_only=True):
    """The mail was accepted. A message with this `id` exists once it is parsed, usually within milliseconds."""

    id: str
    inbox_id: str
    address: str


async def require_injectable(connection: ASGIConnection[Any, Any, Any, Any], handlers: Mapping[str, object]) -> None:
    """Before the body is read: the kind of body, and the inbox. Raises BadInput, NotFound."""
    assert isinstance(connection, Request)
    if connection.content_type[0] not in {_FORM, _MAIL}:
        raise BadInput(f"must be {_MAIL} or {_FORM}", field="Content-Type")
    await require_inbox(connection, handlers)


@post(
    "/{address:str}/messages",
    status_code=202,
    request_max_body_size=LARGEST_BODY,
    opt={"scope": "mailboxes:write", "creates": True, "request_body": _REQUEST_BODY, "before_body": require_injectable},
)
async def inject_message(
    address: InboxName, request: Request[Any, Any, Any], caller: GivenCaller, messages: Given[MessageHandlers]
) -> InjectedView:
    """Put a mail into an inbox: `message/rfc822`, or a form with `sender`, `subject`, `body`, `html` and files.

    In a space its recipients are those of the To and Cc fields, which the form's `to` writes.
    """
    if request.content_type[0] == _FORM:
        draft, _ = await read_draft(request, required=("sender", "subject"))
        injected = await messages.inject.draft(caller, address, draft)
    else:
        injected = await messages.inject.raw(caller, address, await request.body())
    return InjectedView(id=injected.message_id, inbox_id=injected.inbox.id, address=injected.inbox.address)


ROUTES: list[Any] = [Router("/api/v1/inboxes", tags=["messages"], route_handlers=[inject_message])]
