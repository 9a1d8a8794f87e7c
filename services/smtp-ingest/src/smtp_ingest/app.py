"""The composition root: connects the SMTP listener to its handlers, the store and the broker. Called by `__main__`."""

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from random import Random

from mayfly.bus import claims, connection, publisher
from mayfly.bus.gathering import Gathering
from mayfly.events import subjects
from mayfly.events.facts import INLINE_LIMIT_OCTETS
from mayfly.failures import PermanentFailure
from mayfly.service.clock import system_clock
from mayfly.service.foundation import open_foundation
from mayfly.service.free_space import SECONDS as FREE_SPACE_SECONDS
from mayfly.service.free_space import FreeSpace
from mayfly.service.fullness import Fullness
from mayfly.service.plans import PlanTable, load_plans
from mayfly.service.run import Component
from mayfly.service.ticker import Ticker
from mayfly.store import accounts, client, domains, fault_plans, inboxes, messages, smtp_logins
from smtp_ingest.entrypoints.listener import listen, open_ports
from smtp_ingest.entrypoints.services import Services
from smtp_ingest.entrypoints.tls import Certificate
from smtp_ingest.handlers.directory import Directory
from smtp_ingest.handlers.logins import Logins
from smtp_ingest.handlers.reception import Reception, octets_of
from smtp_ingest.handlers.recipients import Recipients
from smtp_ingest.handlers.standing_faults import StandingFaults
from smtp_ingest.settings import Settings


@asynccontextmanager
async def build(settings: Settings) -> AsyncIterator[Component]:
    """smtp-ingest, with every connection checked. Raises TransientFailure, PermanentFailure (IncompatibleStream)."""
    certificate = _certificate(settings)
    async with open_foundation(settings, "smtp-ingest") as foundation:
        database, bus = foundation.database, foundation.bus
        directory = _directory(settings, database)
        fullness = _fullness(settings, database)
        free = FreeSpace(bus, database, settings.free_octets_floor)
        logins = _logins(settings, database)
        await _forget_on_change(bus, directory, logins)
        chance = Random(settings.smtp_fault_seed or None).random  # noqa: S311 - for simulated failures
        services = Services(
            settings,
            Recipients(settings, directory, fullness, free, fault_plans.FaultPlans(database, chance)),
            Reception(
                Gathering(publisher.Publisher(bus, ack_timeout=settings.smtp_ack_seconds), octets_of),
                claims.Claims(bus),
                fullness,
                system_clock,
                settings.smtp_hostname,
                inline_octets=INLINE_LIMIT_OCTETS,
            ),
            logins,
            StandingFaults(directory, chance),
            certificate,
        )
        # Before the process says that it is ready.
        servers = await open_ports(services)
        yield Component(
            tasks={"smtp": partial(listen, services, servers), "free-space": Ticker(free.look, FREE_SPACE_SECONDS).run},
            checks=foundation.checks,
        )


def _certificate(settings: Settings) -> Certificate | None:
    if not settings.smtp_tls_cert_file:
        return None
    try:
        return Certificate(settings.smtp_tls_cert_file, settings.smtp_tls_key_file)
    except (OSError, ssl.SSLError) as error:
        raise PermanentFailure(
            "MAYFLY_SMTP_TLS_CERT_FILE and _KEY_FILE are not a certificate and its private key"
        ) from error


def _directory(settings: Settings, database: client.Database) -> Directory:
    return Directory(
        inboxes.Inboxes(database),
        domains.Domains(database),
        system_clock,
        remember=settings.smtp_cache_seconds,
        patience=settings.smtp_lookup_seconds,
        hostname=settings.smtp_hostname.lower(),
    )


def _logins(settings: Settings, database: client.Database) -> Logins:
    return Logins(
        smtp_logins.SmtpLogins(database),
        inboxes.Inboxes(database),
        system_clock,
        remember=settings.smtp_cache_seconds,
        patience=settings.smtp_lookup_seconds,
    )


def _fullness(settings: Settings, database: client.Database) -> Fullness:
    return Fullness(
        accounts=accounts.Accounts(database),
        inboxes=inboxes.Inboxes(database),
        messages=messages.Messages(database),
        plans=PlanTable(load_plans(settings.plans_file)),
        most_messages=settings.max_messages_per_inbox,
        clock=system_clock,
    )


async def _forget_on_change(bus: connection.Bus, *caches: Directory | Logins) -> None:
    """Empty the caches when a control message says that an inbox or a domain changed."""

    async def forget(_subject: str, _payload: bytes) -> None:
        for cache in caches:
            cache.forget()

    await bus.listen(subjects.CONTROL_INBOX_CHANGED, forget)
    await bus.listen(subjects.CONTROL_FAULT_PLAN_CHANGED, forget)
    await bus.listen(subjects.CONTROL_DOMAIN_CHANGED, forget)
