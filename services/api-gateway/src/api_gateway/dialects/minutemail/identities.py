"""Routes of MinuteMail for simulated people and the OAuth clients that they sign in to: /v1/identities.

The provider itself, which signs them in, is api_gateway.identities.
"""

from typing import Annotated

from litestar import delete, get, patch, post
from litestar.params import JSONBody, PathParameter, QueryParameter
from msgspec import UNSET, structs

from api_gateway.dialects.alike import READ, WRITE
from api_gateway.dialects.minutemail.identity_views import (
    ChangeIdentity,
    ClientSecret,
    CreateClient,
    CreateIdentity,
    IdentityView,
    NewOAuthClient,
    OAuthClientView,
)
from api_gateway.edge.parameters import Given, GivenCaller
from api_gateway.edge.views import view
from api_gateway.identities import ClientWish, IdentityChange, IdentityHandlers, IdentityWish

_IDENTITIES_READ, _IDENTITIES_WRITE = {**READ, "scope": "identities:read"}, {**WRITE, "scope": "identities:write"}
_ClientId = Annotated[str, PathParameter(description="`clientId` of the OAuth client")]
_IdentityId = Annotated[str, PathParameter(description="Id of the identity")]
_OfClient = Annotated[
    str | None, QueryParameter(name="clientId", max_length=200, description="Only identities of this OAuth client")
]
_OfMailbox = Annotated[
    str | None,
    QueryParameter(name="mailboxAddress", max_length=400, description="Only identities with this mailbox"),
]


@get("/v1/identities/clients", opt=_IDENTITIES_READ)
async def list_oauth_clients(
    caller: GivenCaller, identities: Given[IdentityHandlers]
) -> dict[str, list[OAuthClientView]]:
    """List your OAuth clients, newest first (in `clients`)."""
    return {"clients": [view(client, OAuthClientView) for client in await identities.clients.mine(caller)]}


@post("/v1/identities/clients", opt={**_IDENTITIES_WRITE, "creates": True})
async def create_oauth_client(
    data: JSONBody[CreateClient], caller: GivenCaller, identities: Given[IdentityHandlers]
) -> NewOAuthClient:
    """Create an OAuth client: an application that identities sign in to. Its secret is shown only in this response."""
    client, secret = await identities.clients.create(caller, ClientWish(**structs.asdict(data)))
    return view(client, NewOAuthClient, client_secret=secret)


@get("/v1/identities/clients/{client_id:str}", opt=_IDENTITIES_READ)
async def get_oauth_client(
    client_id: _ClientId, caller: GivenCaller, identities: Given[IdentityHandlers]
) -> OAuthClientView:
    """Get an OAuth client."""
    return view(await identities.clients.get(caller, client_id), OAuthClientView)


@delete("/v1/identities/clients/{client_id:str}", opt=_IDENTITIES_WRITE)
async def delete_oauth_client(client_id: _ClientId, caller: GivenCaller, identities: Given[IdentityHandlers]) -> None:
    """Delete an OAuth client and its identities."""
    await identities.clients.delete(caller, client_id)


@post("/v1/identities/clients/{client_id:str}/rotate-secret", status_code=200, opt=_IDENTITIES_WRITE)
async def rotate_oauth_client_secret(
    client_id: _ClientId, caller: GivenCaller, identities: Given[IdentityHandlers]
) -> ClientSecret:
    """Replace the secret of an OAuth client. The old one is invalid at once; the new one is shown only here."""
    return ClientSecret(client_secret=await identities.clients.rotate_secret(caller, client_id))


@get("/v1/identities", opt=_IDENTITIES_READ)
async def list_identities(
    caller: GivenCaller,
    identities: Given[IdentityHandlers],
    client_id: _OfClient = None,
    mailbox_address: _OfMailbox = None,
) -> dict[str, list[IdentityView]]:
    """List your identities, newest first (in `identities`)."""
    mine = await identities.people.mine(caller, client_id=client_id, mailbox_address=mailbox_address)
    return {"identities": [view(identity, IdentityView) for identity in mine]}


@post("/v1/identities", opt={**_IDENTITIES_WRITE, "creates": True})
async def create_identity(
    data: JSONBody[CreateIdentity], caller: GivenCaller, identities: Given[IdentityHandlers]
) -> IdentityView:
    """Create an identity: a simulated person who signs in to a client, with a mailbox as e-mail account."""
    return view(await identities.people.create(caller, IdentityWish(**structs.asdict(data))), IdentityView)


@get("/v1/identities/{identity_id:str}", opt=_IDENTITIES_READ)
async def get_identity(
    identity_id: _IdentityId, caller: GivenCaller, identities: Given[IdentityHandlers]
) -> IdentityView:
    """Get an identity."""
    return view(await identities.people.get(caller, identity_id), IdentityView)


@patch("/v1/identities/{identity_id:str}", opt=_IDENTITIES_WRITE)
async def update_identity(
    identity_id: _IdentityId,
    data: JSONBody[ChangeIdentity],
    caller: GivenCaller,
    identities: Given[IdentityHandlers],
) -> IdentityView:
    """Change an identity; absent fields stay unchanged, and `claims` replaces all of them."""
    given = {name: value for name, value in structs.asdict(data).items() if value is not UNSET}
    return view(await identities.people.change(caller, identity_id, IdentityChange(given)), IdentityView)


@delete("/v1/identities/{identity_id:str}", opt=_IDENTITIES_WRITE)
async def delete_identity(identity_id: _IdentityId, caller: GivenCaller, identities: Given[IdentityHandlers]) -> None:
    """Delete an identity. Its codes and access tokens are void."""
    await identities.people.delete(caller, identity_id)
