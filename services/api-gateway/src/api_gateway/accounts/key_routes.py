"""/api/v1/api-keys: creating, listing, changing and revoking the API keys of an account."""

from datetime import datetime
from typing import Annotated

from litestar import delete, get, patch, post
from litestar.params import JSONBody
from msgspec import UNSET, Meta, Struct, UnsetType, structs

from api_gateway.accounts.handlers import AccountHandlers
from api_gateway.accounts.rules import KeyChange, KeyWish
from api_gateway.accounts.views import AllowedDomain, KeyView
from api_gateway.edge.parameters import Given, GivenCaller, KeyId
from api_gateway.edge.views import view

_Label = Annotated[str, Meta(min_length=1, max_length=200)]
_Scopes = Annotated[list[str], Meta(max_length=20)]
_Domains = Annotated[list[AllowedDomain], Meta(max_length=50)]


class CreateKey(Struct, frozen=True, kw_only=True):
    """`scopes` empty: all. `allowed_domains` empty: usable from anywhere.

    Made with a restricted key, the new key has at most its scopes, sites and end, and all of these that are not given.
    """

    label: _Label = "key"
    expires_in_days: Annotated[int, Meta(ge=1, le=3650)] | None = None
    scopes: _Scopes = []
    allowed_domains: _Domains = []


class ChangeKey(Struct, frozen=True, kw_only=True):
    """Absent fields stay unchanged. `scopes` empty: all. `allowed_domains` empty: usable from anywhere."""

    label: _Label | UnsetType = UNSET
    scopes: _Scopes | UnsetType = UNSET
    allowed_domains: _Domains | UnsetType = UNSET


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


@get("/", opt={"needs": "account", "scope": "*", "ends_credentials": True})
async def list_keys(caller: GivenCaller, accounts: Given[AccountHandlers]) -> list[KeyView]:
    """List your API keys, newest first, including revoked ones."""
    return await accounts.keys.listed(caller.account, caller.key)


@patch("/{key_id:str}", opt={"needs": "account", "scope": "*"})
async def change_key(
    key_id: KeyId, data: JSONBody[ChangeKey], caller: GivenCaller, accounts: Given[AccountHandlers]
) -> KeyView:
    """Change the label, the scopes or the allowed domains of an active API key.

    It applies to the next call with the key, on every server. A restricted key changes only keys that it made.
    """
    given = {name: value for name, value in structs.asdict(data).items() if value is not UNSET}
    changed = await accounts.keys.change(caller, key_id, KeyChange(**given))
    return next(key for key in await accounts.keys.listed(caller.account, caller.key) if key.id == changed.id)


@delete("/{key_id:str}", opt={"needs": "account", "scope": "*", "ends_credentials": True})
async def revoke_key(key_id: KeyId, caller: GivenCaller, accounts: Given[AccountHandlers]) -> None:
    """Revoke an API key permanently, and with a restricted key those that it made."""
    await accounts.keys.revoke(caller.account, key_id)
