"""/api/v1/tags: the tags of the space's messages."""

from typing import Annotated

from litestar import Response, delete, get, put
from litestar.params import PathParameter
from msgspec import Struct

from api_gateway.dialects.mailpit.bodies import read_body
from api_gateway.dialects.mailpit.call import GivenCall
from api_gateway.dialects.mailpit.options import READ, WRITE, ok
from api_gateway.dialects.mailpit.views import in_order
from api_gateway.refusals import BadInput, NotFound, Taken

TagName = Annotated[str, PathParameter(description="A tag, in any case")]


class Tagged(Struct, frozen=True):
    ids: list[str] = []
    tags: list[str] = []


class NewName(Struct, frozen=True):
    name: str = ""


@get("/api/v1/tags", opt=READ)
async def list_tags(call: GivenCall) -> list[str]:
    """List the tags of the space's messages."""
    return in_order(await call.tags())


@put("/api/v1/tags", opt=WRITE)
async def set_tags(call: GivenCall) -> Response[str]:
    """Set the tags of messages, in the place of those they have. Unknown ids are ignored."""
    asked = await read_body(call.request, Tagged)
    await call.messages.tags.replace_among(call.caller, call.space.id, asked.ids, asked.tags)
    return ok()


@put("/api/v1/tags/{tag:str}", opt=WRITE)
async def rename_tag(
    tag: TagName,
    call: GivenCall,
) -> Response[str]:
    """Give a tag another name in all messages."""
    asked = await read_body(call.request, NewName)
    try:
        await call.messages.tags.rename(call.caller, call.space.id, tag, asked.name)
    except NotFound as missing:
        raise BadInput(f"tag not found: {tag}") from missing
    except Taken as taken:
        raise BadInput(f"tag already exists: {asked.name}") from taken
    except BadInput as malformed:
        raise BadInput(f"invalid tag name: {asked.name}") from malformed
    return ok()


@delete("/api/v1/tags/{tag:str}", status_code=200, opt=WRITE)
async def delete_tag(tag: TagName, call: GivenCall) -> Response[str]:
    """Remove a tag from all messages."""
    try:
        await call.messages.tags.delete(call.caller, call.space.id, tag)
    except NotFound as missing:
        raise BadInput(f"tag not found: {tag}") from missing
    return ok()
