"""The composition root: connects the reaper's handlers to store and broker, and says how often each runs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from expiry_reaper.entrypoints.pacer import Pacer
from expiry_reaper.handlers.late import LateMail
from expiry_reaper.handlers.leftovers import Leftovers
from expiry_reaper.handlers.operator_mail import OperatorMail
from expiry_reaper.handlers.orphans import Orphans
from expiry_reaper.handlers.reap import Holdings, Reap
from expiry_reaper.handlers.retention import Retention, Term
from expiry_reaper.handlers.space_mail import SpaceMail
from expiry_reaper.settings import Settings
from mayfly.bus import connection, leftovers
from mayfly.bus.connection import Bus
from mayfly.bus.forgetting import Forgetting
from mayfly.bus.publisher import Publisher
from mayfly.service.advanced_clock import start_clock
from mayfly.service.clock import Clock, system_clock
from mayfly.service.foundation import open_foundation
from mayfly.service.run import Component
from mayfly.service.ticker import Ticker
from mayfly.service.watch import Watch
from mayfly.store import client
from mayfly.store.client import Database
from mayfly.store.deliveries import Deliveries
from mayfly.store.endpoints import Endpoints
from mayfly.store.horizons import Horizons
from mayfly.store.identities import Identities
from mayfly.store.inboxes import Inboxes
from mayfly.store.messages import Messages
from mayfly.store.octets import Octets
from mayfly.store.orphans import OWNED_COLLECTIONS, OwnedDocuments
from mayfly.store.receipts import Receipts
from mayfly.store.removal import Removal
from mayfly.store.smtp_logins import SmtpLogins
from mayfly.store.spaces import Spaces

_NAME = "expiry-reaper"
_ORPHANS_MIN_AGE = timedelta(minutes=10)


@asynccontextmanager
async def build(settings: Settings) -> AsyncIterator[Component]:
    """The reaper, with every connection checked. Raises TransientFailure, IncompatibleStream."""
    async with open_foundation(settings, _NAME) as foundation:
        database, bus = foundation.database, foundation.bus
        clock = await start_clock(database, bus, advanced=settings.test_clock)
        late = LateMail(Messages(database), Octets(database), clock)
        reap = assemble_reap(database, bus, late, clock, settings.reap_lease_seconds)
        orphans = assemble_orphans(database, clock, pause_seconds=0.1)
        slow = settings.retention_seconds
        yield Component(
            tasks={
                "watch": Watch(bus, database, system_clock).run,
                "inboxes": Pacer(reap, settings.reap_seconds).run,
                "lag": Ticker(reap.measure_lag, 5).run,
                "late-mail": Ticker(late, 5).run,
                "operator-mail": Ticker(OperatorMail(Messages(database), Octets(database), clock), 30).run,
                "space-mail": Ticker(assemble_space_mail(database, clock), settings.space_mail_seconds).run,
                "leftovers": Ticker(Leftovers(leftovers.Leftovers(bus)), slow).run,
                "retention": Ticker(Retention(_terms(database, settings), clock), slow).run,
                "orphans": Ticker(orphans, settings.orphans_seconds).run,
            },
            checks=foundation.checks,
        )


async def fsck(settings: Settings, *, remove: bool) -> dict[str, int]:
    """Check store and broker once; returns the number of orphans by collection. Raises TransientFailure."""
    async with (
        client.connect(settings.mongo_uri, settings.mongo_database, _NAME) as database,
        connection.connect(settings.nats_url, _NAME) as bus,
    ):
        found = await assemble_orphans(database, system_clock, pause_seconds=0)(remove=remove)
        return found | {"claimed octets without mail": await Leftovers(leftovers.Leftovers(bus))(remove=remove)}


def assemble_reap(database: Database, bus: Bus, late: LateMail, clock: Clock, lease_seconds: float) -> Reap:
    """A Reap on the real store and broker; the benchmark uses it too."""
    return Reap(
        inboxes=Inboxes(database),
        holdings=Holdings(
            messages=Messages(database),
            octets=Octets(database),
            deliveries=Deliveries(database),
            endpoints=Endpoints(database),
            logins=SmtpLogins(database),
            identities=Identities(database),
            streams=Forgetting(bus),
        ),
        receipts=Receipts(database),
        publisher=Publisher(bus),
        late=late,
        clock=clock,
        lease_seconds=lease_seconds,
    )


def assemble_space_mail(database: Database, clock: Clock) -> SpaceMail:
    """A SpaceMail on the real store; the benchmark uses it too."""
    return SpaceMail(Horizons(database), Spaces(database), Messages(database), Removal(database), clock)


def assemble_orphans(database: Database, clock: Clock, *, pause_seconds: float) -> Orphans:
    """An Orphans on the real store."""
    return Orphans(
        [OwnedDocuments(database, collection) for collection in OWNED_COLLECTIONS],
        clock,
        min_age=_ORPHANS_MIN_AGE,
        pause_seconds=pause_seconds,
    )


def _terms(database: Database, settings: Settings) -> dict[str, Term]:
    return {
        "deliveries": Term(timedelta(days=settings.delivery_log_days), Deliveries(database).delete_before),
        "receipts": Term(timedelta(days=settings.receipt_days), Receipts(database).delete_before),
        "webhook_endpoints": Term(timedelta(), Endpoints(database).delete_ended),
    }
