"""/api/v1/api-keys: creating, listing and revoking the API keys of an account."""

from datetime import datetime
from typing import Annotated, Any

from litestar import Router, delete, get, post
from litestar.params import JSONBody
from msgspec import Meta, Struct

from api_gateway.accounts.handlers import AccountHandlers
from api_gateway.accounts.keys import KeyWish
from api_gateway.accounts.views import AllowedDomain, KeyView, key_view
from api_gateway.edge.parameters import Given, GivenCaller, KeyId


class CreateKey(Struct, frozen=True, kw_only=True):
    """`scopes` empty: all. `allowed_domains` empty: usable from anywhere."""

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
    """Create an API key. Its text is shown only in this response."""
    wish = KeyWish(
        label=data.label,
        expires_in_days=data.expires_in_days,
        scopes=tuple(data.scopes),
        allowed_domains=tuple(data.allowed_domains),
    )
    key, plaintext = await accounts.keys.create(caller.account, wish)
    return NewKey(
        id=key.id,
        key_prefix=key.prefix,
        label=key.label,
        plaintext=plaintext,
        expires_at=key.expires_at,
        scopes=key.scopes,
        allowed_domains=key.allowed_domains,
    )


@get("/", opt={"needs": "account", "scope": "*"})
async def list_keys(caller: GivenCaller, accounts: Given[AccountHandlers]) -> list[KeyView]:
    """List your API keys, newest first, including revoked ones."""
    return [key_view(key) for key in await accounts.keys.of_account(caller.account)]


@delete("/{key_id:str}", opt={"needs": "account", "scope": "*"})
async def revoke_key(key_id: KeyId, caller: GivenCaller, accounts: Given[AccountHandlers]) -> None:
    """Revoke an API key permanently."""
    await accounts.keys.revoke(caller.account, key_id)


ROUTES: list[Any] = [Router("/api/v1/api-keys", tags=["API keys"], route_handlers=[create_key, list_keys, revoke_key])]
