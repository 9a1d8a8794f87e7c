"""What all rooms are built from: connections, clock, plans and policies, created once at start by app.build."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from api_gateway.edge.consistency import Consistency
from api_gateway.edge.credentials import KnownCredentials, Revocations
from api_gateway.edge.guesses import Guesses
from api_gateway.edge.known_inboxes import InboxNews, KnownInboxes
from api_gateway.edge.limits import Limits
from api_gateway.edge.maintenance import Maintenance
from api_gateway.edge.message_news import MessageNews
from api_gateway.edge.plans import Plans
from api_gateway.edge.scripts import MixedScripts, require_one_script
from api_gateway.edge.sessions import SessionTokens
from api_gateway.edge.visitors import Visitors
from api_gateway.patterns import search
from api_gateway.rendering import sanitise
from api_gateway.settings import Settings
from mayfly.bus.backlog import MailBacklog
from mayfly.bus.connection import Bus
from mayfly.bus.live import LiveEvents
from mayfly.bus.publisher import Publisher
from mayfly.children.pool import Pool
from mayfly.failures import PermanentFailure
from mayfly.mail.address import normalise_domain
from mayfly.mail.reserved import ReservedNames
from mayfly.service.advanced_clock import start_clock
from mayfly.service.clock import Clock, system_clock
from mayfly.service.foundation import open_foundation
from mayfly.service.free_space import FreeSpace
from mayfly.service.fullness import Fullness
from mayfly.service.plans import load_plans
from mayfly.store.accounts import Accounts
from mayfly.store.client import Database
from mayfly.store.client import check as check_store
from mayfly.store.default_space import DefaultSpace
from mayfly.store.domains import Domains
from mayfly.store.inboxes import Inboxes
from mayfly.store.messages import Messages
from mayfly.store.operator_inbox import ensure_operator_inbox
from mayfly.store.spaces import Spaces
from mayfly.store.switches import Switches
from mayfly.store.usage import Usage
from mayfly.webhooks.destinations import Policy, parse_policy


@dataclass(frozen=True, slots=True, repr=False)  # it holds the settings, and with them secrets
class Foundation:
    """Shared parts of one process. `known`: its cached credentials; `revocations`: invalidates them on all replicas.

    `inbox_news`: announces changes of inboxes to all replicas; its `known` are the cached ones.
    `message_news`: announces changes of messages.
    `visitors`: which web pages may use what needs no credentials. `fullness`, `free`: whether more mail can be taken.
    """

    settings: Settings
    database: Database
    bus: Bus
    publisher: Publisher
    live: LiveEvents
    clock: Clock
    plans: Plans
    reserved: ReservedNames
    fullness: Fullness
    free: FreeSpace
    webhook_policy: Policy
    tokens: SessionTokens
    known: KnownCredentials
    revocations: Revocations
    inbox_news: InboxNews
    message_news: MessageNews
    guesses: Guesses
    visitors: Visitors
    limits: Limits
    consistency: Consistency
    maintenance: Maintenance
    search_processes: Pool
    rendering_processes: Pool

    async def check_ready(self) -> None:
        """Check that the store and the broker respond. Raises TransientFailure."""
        await check_store(self.database)
        await self.bus.check()


@asynccontextmanager
async def connect(settings: Settings) -> AsyncIterator[Foundation]:
    """Connect to all dependencies, migrate and check them; close the connections on exit. Raises a Failure."""
    async with (
        open_foundation(settings, "api-gateway") as connected,
        search.pool(settings.search_processes) as search_processes,
        sanitise.pool() as rendering_processes,
    ):
        database, bus = connected.database, connected.bus
        names = _domains(settings)
        await Domains(database).ensure_public(names)
        await Spaces(database).drop_domains(names)
        await ensure_operator_inbox(database, names[0], system_clock())
        if settings.has_default_space:
            await DefaultSpace(database).ensure(names[0], system_clock())
        maintenance = Maintenance(Switches(database))
        await maintenance.refresh()
        live = LiveEvents(bus)
        await live.start()
        known = KnownCredentials(is_connected=lambda: bus.client.is_connected)
        clock = await start_clock(database, bus, advanced=settings.test_clock)
        plans = Plans(load_plans(settings.plans_file))
        known_inboxes = KnownInboxes(lambda: bus.client.is_connected)
        message_news = MessageNews(bus, _account_of(known_inboxes, Inboxes(database), clock))
        await message_news.listen()
        yield Foundation(
            settings=settings,
            database=database,
            bus=bus,
            publisher=Publisher(bus),
            live=live,
            clock=clock,
            plans=plans,
            reserved=ReservedNames(settings.reserved_local_parts),
            fullness=Fullness(
                accounts=Accounts(database),
                inboxes=Inboxes(database),
                messages=Messages(database),
                plans=plans,
                most_messages=settings.max_messages_per_inbox,
                clock=clock,
            ),
            free=FreeSpace(bus, database, settings.free_octets_floor),
            webhook_policy=parse_policy(settings.webhook_allow_cidrs),
            tokens=SessionTokens(settings.jwt_secret),
            known=known,
            revocations=Revocations(known, bus),
            inbox_news=InboxNews(known_inboxes, bus),
            message_news=message_news,
            guesses=Guesses(settings.wrong_credentials_per_minute),
            visitors=Visitors(settings.mailpit_hosts, settings.allowed_origins),
            limits=Limits(usage=Usage(database), plans=plans, clock=clock),
            consistency=Consistency(MailBacklog(bus)),
            maintenance=maintenance,
            search_processes=search_processes,
            rendering_processes=rendering_processes,
        )


def _account_of(known: KnownInboxes, inboxes: Inboxes, clock: Clock) -> Callable[[str], Awaitable[str | None]]:
    async def account_of(inbox_id: str) -> str | None:
        inbox = known.get(inbox_id, clock()) or await inboxes.get(inbox_id, clock())
        return inbox.account_id if inbox else None

    return account_of


def _domains(settings: Settings) -> list[str]:
    """The public domains in normal form. Raises PermanentFailure for one that mixes scripts."""
    names = [normalise_domain(name) for name in settings.domains]
    for name in names:
        try:
            require_one_script(name)
        except MixedScripts as mixed:
            raise PermanentFailure(f"MAYFLY_DOMAINS: {name}: {mixed.reason}") from mixed
    return names
