"""/api/v1/auth: accounts with a password and their sessions."""

from datetime import datetime
from typing import Annotated, Any, Literal

from litestar import Router, post
from litestar.params import JSONBody
from msgspec import Meta, Struct

from api_gateway.entrypoints.http.given import GivenCaller, GivenCalls

Email = Annotated[str, Meta(max_length=254, pattern=r"^[^@\s]{1,64}@[^@\s]+\.[^@\s]+$")]


class Registration(Struct, frozen=True, kw_only=True):
    email: Email
    password: Annotated[str, Meta(min_length=10, max_length=1024)]


class Login(Struct, frozen=True, kw_only=True):
    email: Annotated[str, Meta(max_length=254)]
    password: Annotated[str, Meta(max_length=1024)]


class Registered(Struct, frozen=True, kw_only=True):
    id: str
    email: str
    plan: str
    created_at: datetime


class SessionView(Struct, frozen=True, kw_only=True):
    """`expires_in` in seconds."""

    access_token: str
    expires_in: int
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 - a scheme, not a secret


@post("/register")
async def register(data: JSONBody[Registration], calls: GivenCalls) -> Registered:
    """Open an account on the plan `free`."""
    account = await calls.accounts.register(data.email.lower(), data.password)
    return Registered(id=account.id, email=account.email, plan=account.plan, created_at=account.created_at)


@post("/login", status_code=200)
async def log_in(data: JSONBody[Login], calls: GivenCalls) -> SessionView:
    """Open a session of 12 hours at most."""
    session = await calls.accounts.log_in(data.email.lower(), data.password)
    return SessionView(access_token=session.access_token, expires_in=session.expires_in)


@post("/logout", status_code=204, opt={"needs": "account"})
async def log_out(caller: GivenCaller, calls: GivenCalls) -> None:
    """End the session at once."""
    await calls.accounts.log_out(caller)


ROUTES: list[Any] = [Router("/api/v1/auth", tags=["accounts"], route_handlers=[register, log_in, log_out])]
