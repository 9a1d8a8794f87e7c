"""/api/v1/auth and /api/v1/account: registering, logging in and out, and the account itself."""

from datetime import datetime
from typing import Annotated, Literal

from litestar import get, patch, post
from litestar.params import JSONBody
from msgspec import Meta, Struct

from api_gateway.accounts.handlers import AccountHandlers
from api_gateway.accounts.rules import MOST_CHARACTERS, login_name
from api_gateway.accounts.views import Email
from api_gateway.edge.parameters import Given, GivenCaller
from api_gateway.edge.views import view

Password = Annotated[str, Meta(min_length=10, max_length=1024)]


class Registration(Struct, frozen=True, kw_only=True):
    email: Email
    password: Password


class Login(Struct, frozen=True, kw_only=True):
    email: Annotated[str, Meta(max_length=MOST_CHARACTERS)]
    password: Annotated[str, Meta(max_length=1024)]


class Registered(Struct, frozen=True, kw_only=True):
    id: str
    email: str
    plan: str
    created_at: datetime


class ChangeAccount(Struct, frozen=True, kw_only=True):
    """Absent fields stay unchanged. `current_password` is required if the account has a password."""

    email: Email | None = None
    password: Password | None = None
    current_password: Annotated[str, Meta(max_length=1024)] | None = None


class AccountView(Registered, frozen=True, kw_only=True):
    """`team_id`: account whose plan this account shares; null without a team."""

    team_id: str | None


class SessionView(Struct, frozen=True, kw_only=True):
    """`expires_in` in seconds."""

    access_token: str
    expires_in: int
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 - a scheme, not a secret


@post("/auth/register", opt={"creates": True})
async def register(data: JSONBody[Registration], accounts: Given[AccountHandlers]) -> Registered:
    """Create an account on the plan `free`."""
    account = await accounts.registry.register(login_name(data.email), data.password)
    return view(account, Registered)


@post("/auth/login", status_code=200)
async def log_in(data: JSONBody[Login], caller: GivenCaller, accounts: Given[AccountHandlers]) -> SessionView:
    """Log in and get a session token, valid for up to 12 hours."""
    session = await accounts.registry.log_in(caller, login_name(data.email), data.password)
    return SessionView(access_token=session.access_token, expires_in=session.expires_in)


@post("/auth/logout", status_code=204, opt={"needs": "account", "ends_credentials": True})
async def log_out(caller: GivenCaller, accounts: Given[AccountHandlers]) -> None:
    """Log out: the session token stops working at once."""
    await accounts.registry.log_out(caller)


@get("/account", opt={"needs": "account"})
async def get_account(caller: GivenCaller, accounts: Given[AccountHandlers]) -> AccountView:
    """Get your account."""
    return view(await accounts.registry.get(caller), AccountView)


@patch("/account", opt={"needs": "account", "scope": "*", "ends_credentials": True})
async def change_account(
    data: JSONBody[ChangeAccount], caller: GivenCaller, accounts: Given[AccountHandlers]
) -> AccountView:
    """Change the e-mail address or the password of your account.

    A new password ends all other sessions at once; the one that makes this call goes on. API keys keep working.
    """
    changed = await accounts.registry.change(
        caller,
        email=login_name(data.email) if data.email else None,
        password=data.password,
        current_password=data.current_password,
    )
    return view(changed, AccountView)
