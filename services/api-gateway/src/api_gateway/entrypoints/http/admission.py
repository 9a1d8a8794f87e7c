"""Who may come in: run as a guard before every API route reads its body.

A route says what it needs in its `opt`: `needs="account"` and `scope="mailboxes:read"` (a key without that scope
is refused; `scope="*"`: only credentials without any restriction).
"""

import hmac
from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from api_gateway.domain.caller import Caller
from api_gateway.errors import Forbidden, Unauthorized
from api_gateway.handlers.calls import Calls

_Connection = ASGIConnection[Any, Any, Any, Any]


async def admit(connection: _Connection, route: BaseRouteHandler) -> None:
    """Identify the caller and hold it against what the route needs. Raises Unauthorized, Forbidden."""
    calls: Calls = connection.app.state.calls
    caller = await calls.credentials.identify(credentials_in(connection), peer_address(connection))
    connection.scope["user"] = caller
    if route.opt.get("needs") == "account" and caller.account_id is None:
        raise Unauthorized("this call needs an API key or a session")
    scope = route.opt.get("scope")
    if scope and not caller.has_scope(scope):
        raise Forbidden(f"this API key lacks the scope {scope}")


async def admit_operator(connection: _Connection, _: BaseRouteHandler) -> None:
    """Only the operator's token. Raises Unauthorized."""
    token: str = connection.app.state.admin_token
    given = credentials_in(connection)
    if not token or given is None or not hmac.compare_digest(given.encode(), token.encode()):
        raise Unauthorized("this call needs the operator's token")


def caller_of(request: _Connection) -> Caller:
    """The caller that `admit` identified."""
    caller: Caller = request.scope["user"]
    return caller


def credentials_in(connection: _Connection) -> str | None:
    """What the request bears in `Authorization: Bearer` (RFC 6750 section 2.1) or `X-API-Key`."""
    header = connection.headers.get("authorization")
    if header is None:
        return connection.headers.get("x-api-key")
    scheme, _, text = header.partition(" ")
    if scheme.lower() != "bearer" or not text.strip():
        raise Unauthorized("the Authorization header is not a Bearer one")
    return text.strip()


def peer_address(connection: _Connection) -> str:
    return connection.client.host if connection.client else ""
