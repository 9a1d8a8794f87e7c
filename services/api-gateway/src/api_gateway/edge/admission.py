"""Admits requests: checks credentials, limits and scopes before a route reads its body.

Called by the guard of edge.application. A route declares its requirements in its `opt`:
    needs="account"           requires an API key or a session
    scope="mailboxes:read"    requires a key with that scope (a tuple: with all of them); "*": with every scope
    dialect="ephemask"        uses the plan's rate limit for that dialect, if the plan has one
    creates=True              supports the header Idempotency-Key (edge.idempotent_calls)
    before_body=function       awaited with connection and handlers before the body is read: cheap refusals
    ticket=True               accepts a stream ticket in the query string instead of credentials (edge.stream_tickets)
"""

import hmac
from collections.abc import Mapping, Sequence
from ipaddress import ip_network
from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from api_gateway.edge.caller import Caller
from api_gateway.edge.credentials import Credentials
from api_gateway.edge.forwarded import client_address
from api_gateway.edge.guesses import Guesses
from api_gateway.edge.head import is_head
from api_gateway.edge.limits import NATIVE, Limits
from api_gateway.edge.maintenance import Maintenance
from api_gateway.edge.sites import site_of
from api_gateway.edge.stream_tickets import PARAMETER, TicketExchange
from api_gateway.refusals import BadInput, Unauthorized
from mayfly.failures import TransientFailure

_Connection = ASGIConnection[Any, Any, Any, Any]
_MAINTENANCE_RETRY_SECONDS = 60
_OPERATOR_ONLY = "this call requires the operator token"


class Admission:
    """`trusted_proxies`: networks whose X-Forwarded-For is trusted. `admin_token` empty: no operator."""

    def __init__(
        self,
        *,
        credentials: Credentials,
        tickets: TicketExchange,
        limits: Limits,
        guesses: Guesses,
        maintenance: Maintenance,
        admin_token: str,
        trusted_proxies: Sequence[str],
    ) -> None:
        self.credentials = credentials
        self._tickets = tickets
        self._limits = limits
        self._guesses = guesses
        self._maintenance = maintenance
        self._admin_token = admin_token.encode()
        self._trusted = [ip_network(network) for network in trusted_proxies]

    async def admit(self, connection: _Connection, route: BaseRouteHandler) -> None:
        """Identify the caller, count the call, and check both against what the route needs.

        Raises Unauthorized, Forbidden, LimitExceeded, TransientFailure during maintenance.
        """
        if self._maintenance.is_on:
            raise TransientFailure("maintenance", retry_after=_MAINTENANCE_RETRY_SECONDS)
        caller = await self._identify(connection, route)
        connection.scope["user"] = caller
        allowance = await self._limits.take(caller, route.opt.get("dialect", NATIVE))
        connection.scope["rate_headers"] = allowance.headers()  # type: ignore[typeddict-unknown-key]  # ours, for the edge
        _require(caller, route)

    async def require_operator(self, connection: _Connection) -> None:
        """Require the operator's token. Raises Unauthorized, LimitExceeded after too many wrong ones."""
        given = credentials_in(connection)
        if not self._admin_token or given is None:
            raise Unauthorized(_OPERATOR_ONLY)
        async with self._guesses.operator_attempt(self.address(connection)):
            if not hmac.compare_digest(given.encode(), self._admin_token):
                raise Unauthorized(_OPERATOR_ONLY)

    async def _identify(self, connection: _Connection, route: BaseRouteHandler) -> Caller:
        headers, address = connection.headers, self.address(connection)
        site = site_of(headers.get("origin"), headers.get("referer"), headers.get("host"))
        ticket = connection.query_params.getall(PARAMETER, []) if route.opt.get("ticket") else []
        if len(ticket) == 1 and ticket[0]:
            inbox_name = connection.path_params["address"]
            async with self._guesses.attempt(address, ticket[0]):
                text = await self._tickets.redeem(ticket[0], inbox_name, keep=is_head(connection))
        else:
            text = credentials_in(connection)
        if text is None or self._guesses.has_proved(address, text):
            return await self.credentials.identify(text, address, site)
        async with self._guesses.attempt(address, text) as attempt:
            caller = await self.credentials.identify(text, address, site)
            attempt.is_wrong = caller.account_id is None and caller.inbox_id is None
        return caller

    def address(self, connection: _Connection) -> str:
        """The client's IP address (edge.forwarded)."""
        peer = connection.client.host if connection.client else ""
        return client_address(peer, connection.headers.getall("x-forwarded-for", []), self._trusted)


def caller_of(request: _Connection) -> Caller:
    """The caller that `admit` identified."""
    caller: Caller = request.scope["user"]
    return caller


def credentials_in(connection: _Connection) -> str | None:
    """The credentials in `Authorization: Bearer` (RFC 6750 section 2.1) or `X-API-Key`.

    Raises Unauthorized for another scheme, BadInput for two different ones: either might be the wrong one.
    """
    header, key = connection.headers.get("authorization"), connection.headers.get("x-api-key")
    if header is None:
        return key
    scheme, _, text = header.partition(" ")
    if scheme.lower() != "bearer" or not text.strip():
        raise Unauthorized("the Authorization header must have the form `Bearer <credentials>`")
    if key is not None and key != text.strip():
        raise BadInput("differs from the credentials in Authorization; send one of them", field="X-API-Key")
    return text.strip()


def scopes_of(opt: Mapping[str, Any]) -> tuple[str, ...]:
    """The scopes that a route with these options requires."""
    scope: str | tuple[str, ...] = opt.get("scope", ())
    return (scope,) if isinstance(scope, str) else scope


def _require(caller: Caller, route: BaseRouteHandler) -> None:
    if route.opt.get("needs") == "account" and caller.account_id is None:
        raise Unauthorized("this call requires an API key or a session")
    for scope in scopes_of(route.opt):
        caller.require_scope(scope)
