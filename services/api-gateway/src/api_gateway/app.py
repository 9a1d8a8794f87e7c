"""Composition root of api-gateway: builds the application from foundation and rooms, and starts the HTTP server."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import structlog
from msgspec import UNSET

from api_gateway import rooms
from api_gateway.dialects import FACADE_PATHS, FACADE_ROUTERS, facade_shape_of
from api_gateway.dialects.doors import Doors, OpenDoor
from api_gateway.edge.admission import Admission
from api_gateway.edge.application import Api, Surroundings, litestar
from api_gateway.edge.cors import Cors
from api_gateway.edge.credentials import Credentials
from api_gateway.edge.envelope import Application, Envelope
from api_gateway.edge.idempotency import IdempotencyKeys
from api_gateway.edge.idempotent_calls import ResponseRecorder
from api_gateway.edge.listener import guard_listener
from api_gateway.edge.octet_budget import OctetBudget
from api_gateway.edge.pace import Pace
from api_gateway.edge.page_tickets import PageTicketExchange
from api_gateway.edge.request_body import BodyLimits
from api_gateway.edge.server import HttpServer
from api_gateway.edge.status import Discovery, SmtpAddress
from api_gateway.edge.stream_tickets import TicketExchange
from api_gateway.edge.web_files import WebFiles, read_web_files
from api_gateway.edge.web_routes import PageLink
from api_gateway.foundation import Foundation, connect
from api_gateway.settings import SHARES, Settings
from mayfly.events.subjects import (
    CONTROL_DOMAIN_CHANGED,
    CONTROL_INBOX_CHANGED,
    CONTROL_KEY_REVOKED,
    CONTROL_MAINTENANCE,
)
from mayfly.failures import Failure
from mayfly.service.free_space import SECONDS as FREE_SPACE_SECONDS
from mayfly.service.run import Component
from mayfly.service.ticker import Ticker
from mayfly.store.accounts import Accounts
from mayfly.store.api_keys import ApiKeys
from mayfly.store.client import check as check_store
from mayfly.store.idempotency import IdempotencyRecords
from mayfly.store.inboxes import Inboxes
from mayfly.store.page_tickets import PageTickets
from mayfly.store.sessions import Sessions
from mayfly.store.stream_tickets import StreamTickets

_log = structlog.get_logger()


@asynccontextmanager
async def build(settings: Settings) -> AsyncIterator[Component]:
    """Connect, check the dependencies and serve the port. Raises a Failure when a dependency is missing."""
    async with connect(settings) as foundation:
        await _listen(foundation)
        handlers = rooms.build(foundation)
        servers = [
            HttpServer(application, settings.bind, port)
            for port, application in _applications(foundation, handlers).items()
        ]
        for server in servers:
            await server.start()
            await guard_listener(server.port, stall_seconds=settings.live_stall_seconds)
        try:
            yield Component(
                tasks={
                    **{f"http {server.port}": server.run for server in servers},
                    "live": foundation.live.run,
                    "leases": foundation.limits.run,
                    "free-space": Ticker(foundation.free.look, FREE_SPACE_SECONDS).run,
                    **rooms.tasks(handlers),
                },
                checks={"store": lambda: check_store(foundation.database), "bus": foundation.bus.check},
            )
        finally:
            # The last calls have ended.
            await rooms.finish(handlers)
            await foundation.limits.settle()


def _applications(foundation: Foundation, handlers: dict[str, object]) -> dict[int, Application]:
    """The application of each port, in the order in which they open: the operator's, the open door, the public one."""
    settings = foundation.settings
    keys = IdempotencyKeys(IdempotencyRecords(foundation.database), foundation.clock)
    admission = _admission(foundation)
    web = read_web_files(settings.web_dir)
    surroundings = Surroundings(admission, keys, foundation.check_ready, _discovery(foundation, web))
    limits = _body_limits(settings)

    def enveloped(served: Application) -> Application:
        cors = Cors(settings.allowed_origins, rooms.is_everyones)
        return Envelope(ResponseRecorder(served, keys), cors, limits)

    def native(routers: Sequence[Any], public_routers: Sequence[Any], operator_routes: Sequence[Any]) -> Application:
        api = Api(
            routers,
            public_routers,
            operator_routes,
            rooms.shape_of,
            handlers,
            has_default_space=bool(routers),
            web=web,
        )
        return litestar(api, surroundings)

    admit = rooms.space_admission(foundation, admission, handlers).admit
    link = PageLink(settings.public_url, settings.http_port if web.index else 0)
    facades = litestar(
        Api(FACADE_ROUTERS, (), (), facade_shape_of, handlers, admit, home="search", page_link=link), surroundings
    )
    with_operator = () if settings.admin_port else rooms.OPERATOR_ROUTES
    public = Doors(native(rooms.ROUTERS, rooms.PUBLIC_ROUTERS, with_operator), facades, FACADE_PATHS)
    applications = {}
    if settings.admin_port:
        applications[settings.admin_port] = enveloped(native((), (), rooms.OPERATOR_ROUTES))
    if settings.mailpit_http_port:
        applications[settings.mailpit_http_port] = enveloped(OpenDoor(facades))
    # The last to open: its /ready says that every port is served.
    applications[settings.http_port] = enveloped(public)
    return applications


def _discovery(foundation: Foundation, web: WebFiles) -> Discovery:
    settings = foundation.settings
    host, port = settings.public_smtp_host or UNSET, settings.public_smtp_port or UNSET
    open_port = settings.mailpit_smtp_port
    return Discovery(
        web="/ui/" if web.index else UNSET,
        smtp=UNSET if host is port is UNSET else SmtpAddress(host, port),
        default_space_smtp=SmtpAddress(host, open_port) if open_port else UNSET,
        sign_up=foundation.tokens.is_enabled,
        anonymous_inboxes=settings.anonymous_access,
    )


def _body_limits(settings: Settings) -> BodyLimits:
    budget = OctetBudget(total=settings.body_octets, per_holder=settings.body_octets // SHARES)
    return BodyLimits(budget, settings.live_stall_seconds)


def _admission(foundation: Foundation) -> Admission:
    database, settings, plans, clock = foundation.database, foundation.settings, foundation.plans, foundation.clock
    credentials = Credentials(
        accounts=Accounts(database),
        keys=ApiKeys(database),
        sessions=Sessions(database),
        inboxes=Inboxes(database),
        tokens=foundation.tokens,
        plans=plans,
        known=foundation.known,
        clock=clock,
    )
    return Admission(
        credentials=credentials,
        tickets=TicketExchange(StreamTickets(database), clock),
        page_tickets=PageTicketExchange(PageTickets(database), clock),
        limits=foundation.limits,
        guesses=foundation.guesses,
        pace=Pace(settings.sign_in_calls_per_minute),
        maintenance=foundation.maintenance,
        admin_token=settings.admin_token,
        trusted_proxies=settings.trusted_proxies,
        visitors=foundation.visitors if settings.open_default_space else None,
    )


async def _listen(foundation: Foundation) -> None:
    """Invalidate cached credentials and inboxes on broadcasts of any replica, and all of them after a reconnect."""
    bus, maintenance, inboxes = foundation.bus, foundation.maintenance, foundation.inbox_news.known

    async def forget(_: str, payload: bytes) -> None:
        foundation.known.forget(payload.decode(errors="replace"))

    async def forget_inbox(_: str, payload: bytes) -> None:
        inboxes.forget(payload.decode(errors="replace"))

    async def forget_domain(_: str, payload: bytes) -> None:
        inboxes.forget_domain(payload.decode(errors="replace"))

    async def refresh(_: str, __: bytes) -> None:
        try:
            await maintenance.refresh()
        except Failure as failure:
            _log.warning("maintenance_unknown", reason=failure.reason)

    refreshing: set[asyncio.Task[None]] = set()

    def catch_up() -> None:
        foundation.known.forget_all()
        inboxes.forget_all()
        task = asyncio.create_task(refresh("", b""))
        refreshing.add(task)
        task.add_done_callback(refreshing.discard)

    await bus.listen(CONTROL_KEY_REVOKED, forget)
    await bus.listen(CONTROL_INBOX_CHANGED, forget_inbox)
    await bus.listen(CONTROL_DOMAIN_CHANGED, forget_domain)
    await bus.listen(CONTROL_MAINTENANCE, refresh)
    bus.on_reconnect(catch_up)
