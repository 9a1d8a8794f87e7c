"""/api/v1/auth/sessions: who is logged in to an account, and how to end that."""

from datetime import datetime
from typing import Annotated

from litestar import delete, get
from litestar.params import PathParameter
from msgspec import Struct

from api_gateway.accounts.handlers import AccountHandlers
from api_gateway.edge.parameters import Given, GivenCaller
from api_gateway.edge.views import view

SessionId = Annotated[str, PathParameter(description="Id of the session")]


class OpenSession(Struct, frozen=True, kw_only=True):
    """A session that has not ended. `is_current`: it makes this call. The `id` alone opens nothing."""

    id: str
    created_at: datetime
    expires_at: datetime
    is_current: bool


class SessionsView(Struct, frozen=True, kw_only=True):
    sessions: list[OpenSession]


@get("/auth/sessions", opt={"needs": "account", "scope": "*", "ends_credentials": True})
async def list_sessions(caller: GivenCaller, accounts: Given[AccountHandlers]) -> SessionsView:
    """List the sessions of your account, newest first; up to 100."""
    found = await accounts.sessions.of(caller)
    return SessionsView(
        sessions=[view(session, OpenSession, is_current=session.id == caller.session_id) for session in found]
    )


@delete("/auth/sessions/{session_id:str}", opt={"needs": "account", "scope": "*", "ends_credentials": True})
async def end_session(session_id: SessionId, caller: GivenCaller, accounts: Given[AccountHandlers]) -> None:
    """End a session of your account: its token stops working at once."""
    await accounts.sessions.end(caller, session_id)


@delete("/auth/sessions", opt={"needs": "account", "scope": "*", "ends_credentials": True})
async def end_other_sessions(caller: GivenCaller, accounts: Given[AccountHandlers]) -> None:
    """End all sessions of your account at once, but for the one that makes this call. API keys keep working."""
    await accounts.sessions.end_others(caller)
