"""/api/v1/spaces: inboxes that take many addresses, and their SMTP credentials.

Their messages, waits, fault plans and all else are those of any inbox: /api/v1/inboxes/{id}/...
"""

from typing import Any

from litestar import Request, Response, delete, get, patch, post
from litestar.params import JSONBody
from msgspec import structs

from api_gateway.edge.pages import paged
from api_gateway.edge.paging import parse_time_cursor
from api_gateway.edge.parameters import CredentialsId, Cursor, Given, GivenCaller, Limit, SpaceName
from api_gateway.edge.views import view
from api_gateway.spaces.change import SpaceChange
from api_gateway.spaces.create import SpaceWish
from api_gateway.spaces.handlers import SpaceHandlers
from api_gateway.spaces.views import (
    AddCredentials,
    ChangeSpace,
    CreateSpace,
    CredentialsView,
    NewCredentials,
    NewSpace,
    SpaceEntry,
    SpaceView,
    new_space,
    smtp_access,
    space_entry,
    space_view,
)


@post("/", opt={"needs": "account", "scope": "mailboxes:write", "creates": True})
async def create_space(
    caller: GivenCaller, spaces: Given[SpaceHandlers], data: JSONBody[CreateSpace | None] = None
) -> NewSpace:
    """Create a space: an inbox that takes mail for any address of its domains, with SMTP credentials for it."""
    created = await spaces.create(caller, SpaceWish(**structs.asdict(data or CreateSpace())))
    shown = await spaces.domains.shown([created.space])
    return new_space(created, shown[0], smtp_access(spaces.credentials.server, created.space.id, created.password))


@get("/", opt={"needs": "account", "scope": "mailboxes:read"})
async def list_spaces(
    request: Request[Any, Any, Any],
    caller: GivenCaller,
    spaces: Given[SpaceHandlers],
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response[list[SpaceEntry]]:
    """List your spaces, newest first."""
    page = await spaces.read.mine(caller, limit=limit, cursor=parse_time_cursor(cursor))
    return paged([space_entry(*entry) for entry in page.entries], page.next_cursor, request)


@get("/{space:str}", opt={"scope": "mailboxes:read"})
async def get_space(space: SpaceName, caller: GivenCaller, spaces: Given[SpaceHandlers]) -> SpaceView:
    """Get a space with its domains and message counts."""
    shown = await spaces.read.get(caller, space)
    return space_view(shown, smtp_access(spaces.credentials.server, shown.space.id))


@patch("/{space:str}", opt={"needs": "account", "scope": ("mailboxes:read", "mailboxes:write")})
async def change_space(
    space: SpaceName, data: JSONBody[ChangeSpace], caller: GivenCaller, spaces: Given[SpaceHandlers]
) -> SpaceView:
    """Change the name, the retention, the domains, the time to live (counted from now) or the webhook of a space."""
    endpoint = await spaces.change(caller, space, SpaceChange(**structs.asdict(data)))
    shown = await spaces.read.get(caller, space)
    return space_view(shown, smtp_access(spaces.credentials.server, shown.space.id), endpoint=endpoint)


@delete("/{space:str}", opt={"needs": "account", "scope": "mailboxes:write"})
async def delete_space(space: SpaceName, caller: GivenCaller, spaces: Given[SpaceHandlers]) -> None:
    """Delete a space with its messages and SMTP credentials. It stops receiving mail at once."""
    await spaces.end(caller, space)


@post("/{space:str}/credentials", opt={"needs": "account", "scope": "mailboxes:write", "creates": True})
async def add_smtp_credentials(
    space: SpaceName, caller: GivenCaller, spaces: Given[SpaceHandlers], data: JSONBody[AddCredentials | None] = None
) -> NewCredentials:
    """Add SMTP credentials to a space. The password is shown only in this response."""
    login, password = await spaces.credentials.create(caller, space, (data or AddCredentials()).label)
    return view(login, NewCredentials, smtp=smtp_access(spaces.credentials.server, login.space_id, password))


@get("/{space:str}/credentials", opt={"needs": "account", "scope": "mailboxes:read"})
async def list_smtp_credentials(
    space: SpaceName, caller: GivenCaller, spaces: Given[SpaceHandlers]
) -> list[CredentialsView]:
    """List the SMTP credentials of a space, newest first, without passwords."""
    return [view(login, CredentialsView) for login in await spaces.credentials.of(caller, space)]


@delete("/{space:str}/credentials/{credentials_id:str}", opt={"needs": "account", "scope": "mailboxes:write"})
async def delete_smtp_credentials(
    space: SpaceName, credentials_id: CredentialsId, caller: GivenCaller, spaces: Given[SpaceHandlers]
) -> None:
    """Revoke SMTP credentials of a space."""
    await spaces.credentials.delete(caller, space, credentials_id)
