"""Admits requests: checks credentials, limits and scopes before a route reads its body.

Called by the guard of edge.application. A route declares its requirements in its `opt`:
    needs="account"           requires an API key or a session
    scope="mailboxes:read"    requires a key with that scope (a tuple: with all of them); "*": with every scope
    dialect="ephemask"        uses the plan's rate limit for that dialect, if the plan has one
    creates=True              supports the header Idempotency-Key (edge.idempotent_calls)
    before_body=function       awaited with connection and handlers before the body is read: cheap refusals
    ends_credentials=True     is admitted beyond the plan's limits too, at the pace of an address: else whoever uses a
                              stolen key could use up the day, and nobody could revoke it
    ticket="stream"           accepts a ticket in the query string instead of credentials (edge.stream_tickets)
    ticket="page"             the same for a page of mail (edge.page_tickets)
"""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import replace
from ipaddress import ip_network
from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from api_gateway.edge.caller import Caller, address_subject
from api_gateway.edge.credentials import Credentials
from api_gateway.edge.forwarded import client_address
from api_gateway.edge.guesses import Guesses
from api_gateway.edge.head import is_head
from api_gateway.edge.limits import NATIVE, Allowance, Limits
from api_gateway.edge.maintenance import Maintenance
from api_gateway.edge.pace import Pace
from api_gateway.edge.page_tickets import PageTicketExchange, keep_page_ticket
from api_gateway.edge.sites import site_of
from api_gateway.edge.stream_tickets import PARAMETER, TicketExchange
from api_gateway.edge.visitors import Visitors
from api_gateway.refusals import BadInput, LimitExceeded, Unauthorized
from mayfly.failures import TransientFailure

_Connection = ASGIConnection[Any, Any, Any, Any]
_MAINTENANCE_RETRY_SECONDS = 60
_OPERATOR_ONLY = "this call requires the operator token"


class Admission:
    """`trusted_proxies`: networks whose X-Forwarded-For is trusted. `admin_token` empty: no operator.

    `visitors`: who may use the default space without credentials; None: nobody.
    """

    def __init__(
        self,
        *,
        credentials: Credentials,
        tickets: TicketExchange,
        page_tickets: PageTicketExchange,
        limits: Limits,
        guesses: Guesses,
        pace: Pace,
        maintenance: Maintenance,
        admin_token: str,
        trusted_proxies: Sequence[str],
        visitors: Visitors | None = None,
    ) -> None:
        self.credentials = credentials
        self._tickets = tickets
        self._page_tickets = page_tickets
        self._limits = limits
        self._guesses = guesses
        self._pace = pace
        self._maintenance = maintenance
        self._admin_token = admin_token.encode()
        self._visitors = visitors
        self._trusted = [ip_network(network) for network in trusted_proxies]

    async def admit(self, connection: _Connection, route: BaseRouteHandler) -> None:
        """Identify the caller, count the call, and check both against what the route needs.

        Raises Unauthorized, Forbidden, LimitExceeded, TransientFailure during maintenance.
        """
        self.require_open()
        caller = await self._identify(connection, route)
        connection.scope["user"] = caller
        if not (caller.opens_default_space and scopes_of(route.opt)):
            await self._count(connection, caller, route)
        require(caller, route)

    async def _count(self, connection: _Connection, caller: Caller, route: BaseRouteHandler) -> None:
        try:
            show(connection, await self._limits.take(caller, route.opt.get("dialect", NATIVE)))
        except LimitExceeded:
            if not (route.opt.get("ends_credentials") and caller.account_id):
                raise
            self._pace.take(caller.address)

    def opens_default_space(self, headers: Mapping[str, str]) -> bool:
        """Whether a call with these header fields may use the default space without credentials."""
        return self._visitors is not None and self._visitors.lets_in(headers)

    def require_open(self) -> None:
        """Raise TransientFailure during maintenance."""
        if self._maintenance.is_on:
            raise TransientFailure("maintenance", retry_after=_MAINTENANCE_RETRY_SECONDS)

    def admit_peer(self, connection: _Connection) -> None:
        """Admit a call that bears no credentials of Mayfly: only its address is limited.

        Raises LimitExceeded, TransientFailure during maintenance.
        """
        self.require_open()
        address = self.address(connection)
        connection.scope["user"] = Caller(address, address_subject(address))
        self._pace.take(address)

    async def require_operator(self, connection: _Connection) -> None:
        """Require the operator's token. Raises Unauthorized, LimitExceeded after too many wrong ones."""
        given = credentials_in(connection)
        if not self._admin_token or given is None:
            raise Unauthorized(_OPERATOR_ONLY)
        async with self._guesses.operator_attempt(self.address(connection)):
            if not hmac.compare_digest(given.encode(), self._admin_token):
                raise Unauthorized(_OPERATOR_ONLY)

    async def _identify(self, connection: _Connection, route: BaseRouteHandler) -> Caller:
        ticket = connection.query_params.getall(PARAMETER, []) if route.opt.get("ticket") else []
        if len(ticket) == 1 and ticket[0]:
            text, site = await self._redeem(ticket[0], connection, route)
        else:
            text, site = credentials_in(connection), None
        caller = await self.prove(connection, text, site=site)
        if text is None and self.opens_default_space(connection.headers):
            return replace(caller, opens_default_space=True)
        return caller

    async def _redeem(
        self, ticket: str, connection: _Connection, route: BaseRouteHandler
    ) -> tuple[str | None, str | None]:
        """The credentials that the ticket stands for, and the site that it was issued to. Raises Unauthorized."""
        async with self._guesses.attempt(self.address(connection), ticket):
            if route.opt["ticket"] == "page":
                page = await self._page_tickets.redeem(ticket, connection.path_params["message_id"])
                keep_page_ticket(connection, page)
                return page.proof, page.site
            inbox_name = connection.path_params["address"]
            return await self._tickets.redeem(ticket, inbox_name, keep=is_head(connection)), None

    async def prove(self, connection: _Connection, text: str | None, *, site: str | None = None) -> Caller:
        """The caller with these credentials; anonymous without any. Raises what Credentials.identify raises.

        `site`: where the call comes from; None: what its headers say. Raises LimitExceeded for an address that has sent
        many wrong ones.
        """
        address = self.address(connection)
        if site is None:
            site = site_in(connection)
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


def site_in(connection: _Connection) -> str:
    """The site that the headers of a call name (edge.sites)."""
    headers = connection.headers
    return site_of(headers.get("origin"), headers.get("referer"), headers.get("host"))


def scopes_of(opt: Mapping[str, Any]) -> tuple[str, ...]:
    """The scopes that a route with these options requires."""
    scope: str | tuple[str, ...] = opt.get("scope", ())
    return (scope,) if isinstance(scope, str) else scope


def show(connection: _Connection, allowance: Allowance) -> None:
    """Have the response say what is left of the limit."""
    connection.scope["rate_headers"] = allowance.headers()  # type: ignore[typeddict-unknown-key]  # ours, for the edge


def require(caller: Caller, route: BaseRouteHandler) -> None:
    """Check the caller against what the route needs. Raises Unauthorized, Forbidden."""
    if route.opt.get("needs") == "account" and caller.account_id is None:
        raise Unauthorized("this call requires an API key or a session")
    for scope in scopes_of(route.opt):
        caller.require_scope(scope)
