"""/api/v1/api-keys: creating, listing and revoking the API keys of an account."""

from datetime import datetime
from typing import Annotated

from litestar import delete, get, post
from litestar.params import JSONBody
from msgspec import Meta, Struct, structs

from api_gateway.accounts.handlers import AccountHandlers
from api_gateway.accounts.rules import KeyWish
from api_gateway.accounts.views import AllowedDomain, KeyView
from api_gateway.edge.parameters import Given, GivenCaller, KeyId
from api_gateway.edge.views import view


class CreateKey(Struct, frozen=True, kw_only=True):
    """`scopes` empty: all. `allowed_domains` empty: usable from anywhere.

    Made with a restricted key, the new key has at most its scopes, sites and end, and all of these that are not given.
    """

    label: Annotated[str, Meta(min_length=1, max_length=200)] = "key"
    expires_in_days: Annotated[int, Meta(ge=1, le=3650)] | None = None
    scopes: Annotated[list[str], Meta(max_length=20)] = []
    allowed_domains: Annotated[list[AllowedDomain], Meta(max_length=50)] = []


class NewKey(Struct, frozen=True, kw_only=True):
    """`plaintext`: the key itself, shown only in this response."""

    id: str
    key_prefix: str
    label: str
    plaintext: str
    expires_at: datetime | None
    scopes: list[str]
    allowed_domains: list[str]


@post("/", opt={"needs": "account", "scope": "*", "creates": True})
async def create_key(data: JSONBody[CreateKey], caller: GivenCaller, accounts: Given[AccountHandlers]) -> NewKey:
    """Create an API key. Its text is shown only in this response.

    A key that is made with a restricted key (scopes, sites, end) is never stronger, and ends with it.
    """
    key, plaintext = await accounts.keys.create(caller, KeyWish(**structs.asdict(data)))
    return view(key, NewKey, key_prefix=key.prefix, plaintext=plaintext)


@get("/", opt={"needs": "account", "scope": "*"})
async def list_keys(caller: GivenCaller, accounts: Given[AccountHandlers]) -> list[KeyView]:
    """List your API keys, newest first, including revoked ones."""
    return [view(key, KeyView) for key in await accounts.keys.of_account(caller.account)]


@delete("/{key_id:str}", opt={"needs": "account", "scope": "*"})
async def revoke_key(key_id: KeyId, caller: GivenCaller, accounts: Given[AccountHandlers]) -> None:
    """Revoke an API key permanently, and with a restricted key those that it made."""
    await accounts.keys.revoke(caller.account, key_id)
