"""The composition root of api-gateway: every choice of part is made here."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import structlog

from api_gateway.adapters.dns import Resolver
from api_gateway.domain.plans import Plans, parse_plans, preset_text
from api_gateway.domain.sessions import SessionTokens
from api_gateway.entrypoints.http.application import EdgeSettings, application
from api_gateway.entrypoints.http.listener import guard_listener
from api_gateway.entrypoints.http.server import HttpServer
from api_gateway.handlers.account_webhook import AccountWebhookCalls
from api_gateway.handlers.accounts import AccountCalls, Passwords
from api_gateway.handlers.api_keys import KeyCalls
from api_gateway.handlers.archive import ArchiveCalls
from api_gateway.handlers.attachments import AttachmentCalls
from api_gateway.handlers.bulk import BulkCalls
from api_gateway.handlers.calls import Calls
from api_gateway.handlers.channels import Channels
from api_gateway.handlers.clock import ClockCalls
from api_gateway.handlers.credentials import Credentials, KnownCredentials, Revocations
from api_gateway.handlers.domains import DomainCalls
from api_gateway.handlers.fault_plans import FaultPlanCalls
from api_gateway.handlers.inboxes import InboxCalls
from api_gateway.handlers.injection import InjectionCalls
from api_gateway.handlers.limits import Limits
from api_gateway.handlers.live import LiveCalls
from api_gateway.handlers.messages import MessageCalls
from api_gateway.handlers.operator import Maintenance, OperatorCalls
from api_gateway.handlers.reach import Reach
from api_gateway.handlers.receipts import ReceiptCalls
from api_gateway.handlers.repeats import Repeats
from api_gateway.handlers.teams import TeamCalls
from api_gateway.handlers.usage import UsageCalls
from api_gateway.handlers.waiting import WaitCalls
from api_gateway.handlers.webhooks import WebhookCalls
from api_gateway.settings import Settings
from mayfly.bus import topology
from mayfly.bus.backlog import MailBacklog
from mayfly.bus.claims import Claims
from mayfly.bus.connection import Bus
from mayfly.bus.connection import connect as connect_bus
from mayfly.bus.dead_letters import DeadLetters
from mayfly.bus.live import LiveEvents
from mayfly.bus.publisher import Publisher
from mayfly.events.subjects import CONTROL_KEY_REVOKED, CONTROL_MAINTENANCE
from mayfly.failures import Failure, PermanentFailure
from mayfly.mail.address import normalise_domain
from mayfly.service.advanced_clock import AdvancedClock, start_clock
from mayfly.service.clock import Clock
from mayfly.service.run import Component
from mayfly.store import indexes
from mayfly.store.accounts import Accounts
from mayfly.store.api_keys import ApiKeys
from mayfly.store.archive import Archive
from mayfly.store.attachments import Attachments
from mayfly.store.client import Database
from mayfly.store.client import check as check_store
from mayfly.store.client import connect as connect_store
from mayfly.store.creations import Creations
from mayfly.store.deliveries import Deliveries
from mayfly.store.domain_ownerships import DomainOwnerships
from mayfly.store.domains import Domains
from mayfly.store.endpoints import Endpoints
from mayfly.store.fault_plans import FaultPlans
from mayfly.store.idempotency import Idempotency
from mayfly.store.inboxes import Inboxes
from mayfly.store.members import Members
from mayfly.store.messages import Messages
from mayfly.store.octets import Octets
from mayfly.store.receipts import Receipts
from mayfly.store.sessions import Sessions
from mayfly.store.switches import Switches
from mayfly.store.usage import Usage
from mayfly.webhooks.destinations import parse_policy

_log = structlog.get_logger()


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
        maintenance = Maintenance(Switches(database))
        await maintenance.refresh()
        live = LiveEvents(bus)
        await live.start()
        clock = await start_clock(database, bus, advanced=settings.test_clock)
        calls = await _calls(settings, database, bus, live=live, maintenance=maintenance, clock=clock)
        await _listen(bus, calls.credentials, maintenance)
        edge_settings = EdgeSettings(settings.admin_token, settings.trusted_proxies, settings.allowed_origins)
        server = HttpServer(application(calls, edge_settings), settings.bind, settings.http_port)
        await server.start()
        await guard_listener(settings.http_port, stall_seconds=settings.live_stall_seconds)
        yield Component(
            tasks={"http": server.run, "live": live.run},
            checks={"store": lambda: check_store(database), "bus": bus.check},
        )


async def _calls(
    settings: Settings, database: Database, bus: Bus, *, live: LiveEvents, maintenance: Maintenance, clock: Clock
) -> Calls:
    accounts, keys, sessions = Accounts(database), ApiKeys(database), Sessions(database)
    inboxes, messages, octets = Inboxes(database), Messages(database), Octets(database)
    domains, endpoints, archive = Domains(database), Endpoints(database), Archive(database)
    webhook_policy = parse_policy(settings.webhook_allow_cidrs)
    usage, creations = Usage(database), Creations(database)
    publisher, plans = Publisher(bus), _plans(settings)
    channels = Channels(per_holder=settings.live_channels_per_key, in_all=settings.live_channels)
    tokens = SessionTokens(settings.jwt_secret)
    known = KnownCredentials(is_told=lambda: bus.client.is_connected)
    revocations = Revocations(known, bus)
    reach = Reach(inboxes=inboxes, messages=messages, clock=clock, anonymous_access=settings.anonymous_access)

    async def check_ready() -> None:
        await check_store(database)
        await bus.check()

    inbox_calls = InboxCalls(
        accounts=accounts,
        inboxes=inboxes,
        archive=archive,
        creations=creations,
        messages=messages,
        octets=octets,
        domains=domains,
        endpoints=endpoints,
        announcer=publisher,
        broadcaster=bus,
        reach=reach,
        webhook_policy=webhook_policy,
        plans=plans,
        anonymous_access=settings.anonymous_access,
        clock=clock,
    )
    webhooks = WebhookCalls(
        endpoints=endpoints,
        deliveries=Deliveries(database),
        announcer=publisher,
        reach=reach,
        policy=webhook_policy,
        plans=plans,
        clock=clock,
    )
    return Calls(
        credentials=Credentials(
            accounts=accounts,
            keys=keys,
            sessions=sessions,
            inboxes=inboxes,
            tokens=tokens,
            plans=plans,
            known=known,
            clock=clock,
        ),
        limits=Limits(usage=usage, plans=plans, clock=clock),
        repeats=Repeats(store=Idempotency(database), clock=clock),
        accounts=AccountCalls(
            accounts=accounts,
            sessions=sessions,
            usage=usage,
            revocations=revocations,
            passwords=Passwords(),
            tokens=tokens,
            plans=plans,
            clock=clock,
        ),
        teams=TeamCalls(
            accounts=accounts, members=Members(database), revocations=revocations, plans=plans, clock=clock
        ),
        keys=KeyCalls(keys=keys, revocations=revocations, clock=clock),
        domains=DomainCalls(
            domains=domains,
            claims=DomainOwnerships(database),
            resolver=Resolver(settings.dns_resolver),
            broadcaster=bus,
            plans=plans,
            mail_hosts=frozenset(name.lower() for name in settings.mail_hosts or settings.domains),
            clock=clock,
        ),
        plans=plans,
        inboxes=inbox_calls,
        bulk=BulkCalls(
            inboxes=inbox_calls, inbox_store=inboxes, messages=messages, octets=octets, reach=reach, clock=clock
        ),
        archive=ArchiveCalls(inboxes=inboxes, archive=archive, clock=clock),
        fault_plans=FaultPlanCalls(plans=FaultPlans(database), reach=reach, broadcaster=bus),
        messages=MessageCalls(messages=messages, octets=octets, live=live, reach=reach),
        attachments=AttachmentCalls(Attachments(database), octets, reach, limit=settings.mail_octets),
        injection=InjectionCalls(
            reach=reach, announcer=publisher, claims=Claims(bus), limit=settings.mail_octets, clock=clock
        ),
        live=LiveCalls(
            live=live,
            inboxes=inboxes,
            reach=reach,
            channels=channels,
            clock=clock,
            stall_seconds=settings.live_stall_seconds,
        ),
        waiting=WaitCalls(
            live=live,
            backlog=MailBacklog(bus),
            inboxes=inboxes,
            messages=messages,
            reach=reach,
            channels=channels,
            clock=clock,
        ),
        clock=ClockCalls(
            clock=clock if isinstance(clock, AdvancedClock) else None, switches=Switches(database), broadcaster=bus
        ),
        webhooks=webhooks,
        account_webhook=AccountWebhookCalls(webhooks),
        receipts=ReceiptCalls(Receipts(database)),
        usage=UsageCalls(
            accounts=accounts, usage=usage, creations=creations, inboxes=inboxes, plans=plans, clock=clock
        ),
        operator=OperatorCalls(
            accounts=accounts,
            usage=usage,
            switches=Switches(database),
            dead_letters=DeadLetters(bus),
            broadcaster=bus,
            revocations=revocations,
            maintenance=maintenance,
            plans=plans,
            clock=clock,
        ),
        check_ready=check_ready,
    )


def _plans(settings: Settings) -> Plans:
    text = Path(settings.plans_file).read_text(encoding="utf-8") if settings.plans_file else preset_text()
    try:
        return parse_plans(text)
    except ValueError as error:
        raise PermanentFailure(f"MAYFLY_PLANS_FILE: {error}") from error


async def _listen(bus: Bus, credentials: Credentials, maintenance: Maintenance) -> None:
    """Forget credentials when any replica says so, and all of them after words may have been missed."""

    async def forget(_: str, payload: bytes) -> None:
        credentials.known.forget(payload.decode(errors="replace"))

    async def refresh(_: str, __: bytes) -> None:
        try:
            await maintenance.refresh()
        except Failure as failure:
            _log.warning("maintenance_unknown", reason=failure.reason)

    refreshing: set[asyncio.Task[None]] = set()

    def catch_up() -> None:
        credentials.known.forget_all()
        task = asyncio.create_task(refresh("", b""))
        refreshing.add(task)
        task.add_done_callback(refreshing.discard)

    await bus.listen(CONTROL_KEY_REVOKED, forget)
    await bus.listen(CONTROL_MAINTENANCE, refresh)
    bus.on_reconnect(catch_up)
