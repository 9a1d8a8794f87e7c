"""POST /api/v1/inboxes/{address}/messages: a mail without SMTP, raw or in parts."""

from collections.abc import Sequence
from typing import Any

from litestar import Request, Router, post
from litestar.datastructures import UploadFile
from msgspec import Struct

from api_gateway.edge.parameters import Given, GivenCaller, InboxName
from api_gateway.messages.handlers import MessageHandlers
from api_gateway.messages.inject import Draft, Upload
from api_gateway.refusals import BadInput

# Boundaries and part headers of a multipart body come on top of the mail itself.
BODY_OCTETS = 26 * 1024 * 1024
_MOST_FILES = 100
_TEXT = {"type": "string"}
# What the OpenAPI document says of this body, which Litestar cannot know.
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
    """The mail is on its way: `id` is the message's as soon as it is stored, which takes milliseconds."""

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
    """Put a mail into the inbox: `message/rfc822`, or multipart with `sender`, `subject`, `body`, `html` and files."""
    kind = request.content_type[0]
    if kind == "multipart/form-data":
        draft, _ = await read_draft(request, required=("sender", "subject"))
        injected = await messages.inject.draft(caller, address, draft)
    elif kind == "message/rfc822":
        injected = await messages.inject.raw(caller, address, await request.body())
    else:
        raise BadInput("message/rfc822 or multipart/form-data", field="Content-Type")
    return InjectedView(id=injected.message_id, inbox_id=injected.inbox.id, address=injected.inbox.address)


async def read_draft(request: Request[Any, Any, Any], *, required: Sequence[str]) -> tuple[Draft, dict[str, str]]:
    """The mail in a multipart form, whose every part with a filename is attached; and all its fields.

    Raises BadInput for another kind of body, and for required fields that are missing or empty.
    """
    if request.content_type[0] != "multipart/form-data":
        raise BadInput("multipart/form-data", field="Content-Type")
    form = await request.form()
    texts: dict[str, str] = {}
    uploads: list[Upload] = []
    # Not `multi_items`, which is in no order.
    for name, value in form.items():
        if isinstance(value, UploadFile):
            uploads.append(Upload(value.filename, value.content_type, await value.read()))
        else:
            texts[name] = str(value)
    if len(uploads) > _MOST_FILES:
        raise BadInput(f"{_MOST_FILES} at most", field="files")
    for field in required:
        if not texts.get(field):
            raise BadInput("missing", field=field)
    subject, text, html = texts.get("subject", ""), texts.get("body", ""), texts.get("html")
    return Draft(texts["sender"], subject, text, html, tuple(uploads)), texts


ROUTES: list[Any] = [Router("/api/v1/inboxes", tags=["messages"], route_handlers=[inject_message])]
