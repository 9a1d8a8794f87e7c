"""The composition root of api-gateway: every choice of part is made here."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from api_gateway.domain.plans import PRESETS
from api_gateway.domain.sessions import SessionTokens
from api_gateway.entrypoints.http.application import application
from api_gateway.entrypoints.http.server import HttpServer
from api_gateway.handlers.accounts import AccountCalls, Passwords
from api_gateway.handlers.api_keys import KeyCalls
from api_gateway.handlers.calls import Calls
from api_gateway.handlers.credentials import Credentials
from api_gateway.handlers.inboxes import InboxCalls
from api_gateway.handlers.live import LiveCalls
from api_gateway.handlers.messages import MessageCalls
from api_gateway.handlers.reach import Reach
from api_gateway.settings import Settings
from mayfly.bus import topology
from mayfly.bus.connection import Bus
from mayfly.bus.connection import connect as connect_bus
from mayfly.bus.live import LiveEvents
from mayfly.bus.publisher import Publisher
from mayfly.events.subjects import CONTROL_KEY_REVOKED
from mayfly.mail.address import normalise_domain
from mayfly.service.clock import system_clock
from mayfly.service.run import Component
from mayfly.store import indexes
from mayfly.store.accounts import Accounts
from mayfly.store.api_keys import ApiKeys
from mayfly.store.client import Database
from mayfly.store.client import check as check_store
from mayfly.store.client import connect as connect_store
from mayfly.store.domains import Domains
from mayfly.store.endpoints import Endpoints
from mayfly.store.inboxes import Inboxes
from mayfly.store.messages import Messages
from mayfly.store.octets import Octets
from mayfly.store.sessions import Sessions
from mayfly.webhooks.destinations import parse_policy


@asynccontextmanager
async def build(settings: Settings) -> AsyncIterator[Component]:
    """The gateway, connected and proven, serving its port. Raises a Failure when a dependency cannot be had."""
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(
            connect_store(settings.mongo_uri, settings.mongo_database, "api-gateway")
        )
        bus = await stack.enter_async_context(connect_bus(settings.nats_url, "api-gateway"))
        await indexes.ensure(database)
        await topology.ensure(bus, replicas=settings.nats_replicas)
        await Domains(database).ensure_public([normalise_domain(name) for name in settings.domains])
        calls = await _calls(settings, database, bus)
        await _listen(bus, calls.credentials)
        server = HttpServer(application(calls, settings.admin_token), settings.bind, settings.http_port)
        await server.start()
        yield Component(
            tasks={"http": server.run},
            checks={"store": lambda: check_store(database), "bus": bus.check},
        )


async def _calls(settings: Settings, database: Database, bus: Bus) -> Calls:
    accounts, keys, sessions = Accounts(database), ApiKeys(database), Sessions(database)
    inboxes, messages, octets = Inboxes(database), Messages(database), Octets(database)
    domains, endpoints = Domains(database), Endpoints(database)
    live = LiveEvents(bus)
    await live.start()
    tokens = SessionTokens(settings.jwt_secret)
    reach = Reach(inboxes=inboxes, messages=messages, clock=system_clock, anonymous_access=settings.anonymous_access)

    async def check_ready() -> None:
        await check_store(database)
        await bus.check()

    return Calls(
        credentials=Credentials(
            accounts=accounts, keys=keys, sessions=sessions, inboxes=inboxes, tokens=tokens, clock=system_clock
        ),
        accounts=AccountCalls(
            accounts=accounts,
            sessions=sessions,
            broadcaster=bus,
            passwords=Passwords(),
            tokens=tokens,
            plans=PRESETS,
            clock=system_clock,
        ),
        keys=KeyCalls(keys=keys, broadcaster=bus, clock=system_clock),
        domains=domains,
        inboxes=InboxCalls(
            inboxes=inboxes,
            messages=messages,
            octets=octets,
            domains=domains,
            endpoints=endpoints,
            announcer=Publisher(bus),
            reach=reach,
            webhook_policy=parse_policy(settings.webhook_allow_cidrs),
            plans=PRESETS,
            clock=system_clock,
        ),
        messages=MessageCalls(messages=messages, octets=octets, live=live, reach=reach),
        live=LiveCalls(live=live, inboxes=inboxes, reach=reach, clock=system_clock),
        check_ready=check_ready,
    )


async def _listen(bus: Bus, credentials: Credentials) -> None:
    """Forget credentials when any replica says so, and all of them after words may have been missed."""

    async def forget(_: str, payload: bytes) -> None:
        credentials.known.forget(payload.decode(errors="replace"))

    await bus.listen(CONTROL_KEY_REVOKED, forget)
    bus.on_reconnect(credentials.known.forget_all)
