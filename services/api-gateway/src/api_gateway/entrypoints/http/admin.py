"""/api/v1/admin: the operator's calls, opened by the operator's token alone."""

from datetime import datetime
from typing import Any

from litestar import Router, get, post
from litestar.params import JSONBody
from msgspec import Struct

from api_gateway.entrypoints.http.admission import admit_operator
from api_gateway.entrypoints.http.auth import Email
from api_gateway.entrypoints.http.given import GivenCalls, Limit
from api_gateway.handlers.api_keys import KeyWish


class CreateAccount(Struct, frozen=True, kw_only=True):
    email: Email
    plan: str = "free"


class NewAccount(Struct, frozen=True, kw_only=True):
    """`api_key` is told this once."""

    id: str
    email: str
    plan: str
    api_key: str


class AccountView(Struct, frozen=True, kw_only=True):
    id: str
    email: str
    plan: str
    suspended: bool
    created_at: datetime


class AccountsView(Struct, frozen=True, kw_only=True):
    accounts: list[AccountView]


@post("/accounts")
async def create_account(data: JSONBody[CreateAccount], calls: GivenCalls) -> NewAccount:
    """Open an account and make its first key."""
    account = await calls.accounts.create(data.email.lower(), data.plan)
    _, api_key = await calls.keys.create(account.id, KeyWish(label="first key"))
    return NewAccount(id=account.id, email=account.email, plan=account.plan, api_key=api_key)


@get("/accounts")
async def list_accounts(calls: GivenCalls, limit: Limit = 50) -> AccountsView:
    """Accounts, newest first."""
    accounts = await calls.accounts.newest(limit)
    return AccountsView(
        accounts=[
            AccountView(id=a.id, email=a.email, plan=a.plan, suspended=a.suspended, created_at=a.created_at)
            for a in accounts
        ]
    )


ROUTES: list[Any] = [
    Router("/api/v1/admin", tags=["operator"], guards=[admit_operator], route_handlers=[create_account, list_accounts])
]
