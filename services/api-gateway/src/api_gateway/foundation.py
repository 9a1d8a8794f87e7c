"""What all rooms are built from: connections, clock, plans and policies, created once at start by app.build."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from api_gateway.edge.credentials import KnownCredentials, Revocations
from api_gateway.edge.maintenance import Maintenance
from api_gateway.edge.plans import Plans, parse_plans, preset_text
from api_gateway.edge.sessions import SessionTokens
from api_gateway.patterns import search
from api_gateway.settings import Settings
from mayfly.bus.connection import Bus
from mayfly.bus.live import LiveEvents
from mayfly.bus.publisher import Publisher
from mayfly.children.pool import Pool
from mayfly.failures import PermanentFailure
from mayfly.mail.address import normalise_domain
from mayfly.service.advanced_clock import start_clock
from mayfly.service.clock import Clock
from mayfly.service.foundation import open_foundation
from mayfly.store.client import Database
from mayfly.store.client import check as check_store
from mayfly.store.domains import Domains
from mayfly.store.switches import Switches
from mayfly.webhooks.destinations import Policy, parse_policy


@dataclass(frozen=True, slots=True, repr=False)  # it holds the settings, and with them secrets
class Foundation:
    """Shared parts of one process. `known`: its cached credentials; `revocations`: invalidates them on all replicas."""

    settings: Settings
    database: Database
    bus: Bus
    publisher: Publisher
    live: LiveEvents
    clock: Clock
    plans: Plans
    webhook_policy: Policy
    tokens: SessionTokens
    known: KnownCredentials
    revocations: Revocations
    maintenance: Maintenance
    search_processes: Pool

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
    ):
        database, bus = connected.database, connected.bus
        await Domains(database).ensure_public([normalise_domain(name) for name in settings.domains])
        maintenance = Maintenance(Switches(database))
        await maintenance.refresh()
        live = LiveEvents(bus)
        await live.start()
        known = KnownCredentials(is_connected=lambda: bus.client.is_connected)
        yield Foundation(
            settings=settings,
            database=database,
            bus=bus,
            publisher=Publisher(bus),
            live=live,
            clock=await start_clock(database, bus, advanced=settings.test_clock),
            plans=_plans(settings),
            webhook_policy=parse_policy(settings.webhook_allow_cidrs),
            tokens=SessionTokens(settings.jwt_secret),
            known=known,
            revocations=Revocations(known, bus),
            maintenance=maintenance,
            search_processes=search_processes,
        )


def _plans(settings: Settings) -> Plans:
    text = Path(settings.plans_file).read_text(encoding="utf-8") if settings.plans_file else preset_text()
    try:
        return parse_plans(text)
    except ValueError as error:
        raise PermanentFailure(f"MAYFLY_PLANS_FILE: {error}") from error
