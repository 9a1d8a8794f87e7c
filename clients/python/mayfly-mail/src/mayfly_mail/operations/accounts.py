"""Calls of accounts. Generated from docs/openapi.json by `make clients`."""

from __future__ import annotations

from mayfly_mail.models.accounts import AccountData, Registered, SessionData, SessionsData, UsageData
from mayfly_mail.operation import (
    UNSET,
    Operation,
    Unset,
    json_body,
    nothing,
    one,
    target,
)


def get_account() -> Operation[AccountData]:
    """Get your account."""
    return Operation(
        name="get_account",
        method="GET",
        target=target("/api/v1/account"),
        decode=one(AccountData),
    )


def change_account(
    *,
    current_password: str | Unset | None = UNSET,
    email: str | Unset | None = UNSET,
    password: str | Unset | None = UNSET,
) -> Operation[AccountData]:
    """Change the e-mail address or the password of your account.

    A new password ends all other sessions at once; the one that makes this call goes on. API keys keep working.
    """
    return Operation(
        name="change_account",
        method="PATCH",
        target=target("/api/v1/account"),
        decode=one(AccountData),
        body=json_body(current_password=current_password, email=email, password=password),
        content_type="application/json",
    )


def log_in(*, email: str, password: str) -> Operation[SessionData]:
    """Log in and get a session token, valid for up to 12 hours."""
    return Operation(
        name="log_in",
        method="POST",
        target=target("/api/v1/auth/login"),
        decode=one(SessionData),
        body=json_body(email=email, password=password),
        content_type="application/json",
    )


def log_out() -> Operation[None]:
    """Log out: the session token stops working at once."""
    return Operation(
        name="log_out",
        method="POST",
        target=target("/api/v1/auth/logout"),
        decode=nothing,
    )


def register(*, email: str, password: str) -> Operation[Registered]:
    """Create an account on the plan `free`."""
    return Operation(
        name="register",
        method="POST",
        target=target("/api/v1/auth/register"),
        decode=one(Registered),
        body=json_body(email=email, password=password),
        content_type="application/json",
        takes_idempotency_key=True,
    )


def list_sessions() -> Operation[SessionsData]:
    """List the sessions of your account, newest first; up to 100."""
    return Operation(
        name="list_sessions",
        method="GET",
        target=target("/api/v1/auth/sessions"),
        decode=one(SessionsData),
    )


def end_other_sessions() -> Operation[None]:
    """End all sessions of your account at once, but for the one that makes this call. API keys keep working."""
    return Operation(
        name="end_other_sessions",
        method="DELETE",
        target=target("/api/v1/auth/sessions"),
        decode=nothing,
    )


def end_session(session_id: str) -> Operation[None]:
    """End a session of your account: its token stops working at once.

    Args:
        session_id: Id of the session.
    """
    return Operation(
        name="end_session",
        method="DELETE",
        target=target("/api/v1/auth/sessions/{}", session_id),
        decode=nothing,
    )


def get_usage() -> Operation[UsageData]:
    """Get your API calls per day, your numbers of inboxes and the limits of your plan."""
    return Operation(
        name="get_usage",
        method="GET",
        target=target("/api/v1/usage"),
        decode=one(UsageData),
    )
