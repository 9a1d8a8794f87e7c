"""Reads a mail from a multipart form; used by the injection routes of this room and of the dialects."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from litestar import Request
from litestar.connection import ASGIConnection

from api_gateway.edge.admission import caller_of
from api_gateway.edge.form import read_form
from api_gateway.messages.handlers import MessageHandlers
from api_gateway.messages.inject import Draft, Upload
from api_gateway.refusals import BadInput

_MOST_FILES = 100


async def require_inbox(connection: ASGIConnection[Any, Any, Any, Any], handlers: Mapping[str, object]) -> None:
    """Before the body is read: the caller may use the inbox in the path. Raises NotFound."""
    messages = cast("MessageHandlers", handlers["messages"])
    await messages.inject.reach.inbox(caller_of(connection), connection.path_params["address"])


async def require_message(connection: ASGIConnection[Any, Any, Any, Any], handlers: Mapping[str, object]) -> None:
    """Before the body is read: the message in the path is in the inbox in the path. Raises NotFound."""
    messages, path = cast("MessageHandlers", handlers["messages"]), connection.path_params
    await messages.read.in_inbox(caller_of(connection), path["address"], path["message_id"])


async def read_draft(request: Request[Any, Any, Any], *, required: Sequence[str]) -> tuple[Draft, dict[str, str]]:
    """The mail in a multipart form, with every part that has a filename attached; and its text fields by name.

    Raises BadInput for another kind of body, and for required fields that are missing or empty.
    """
    form = await read_form(request)
    texts, uploads = form.texts, [Upload(file.filename, file.content_type, file.octets) for file in form.files]
    if len(uploads) > _MOST_FILES:
        raise BadInput(f"at most {_MOST_FILES} files are allowed", field="files")
    for field in required:
        if not texts.get(field):
            raise BadInput("required", field=field)
    subject, text, html = texts.get("subject", ""), texts.get("body", ""), texts.get("html")
    return Draft(texts["sender"], subject, text, html, tuple(uploads), texts.get("to", "")), texts
