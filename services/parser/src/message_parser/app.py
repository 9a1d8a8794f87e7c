"""The composition root: connects the handlers to the store, the broker and the child processes. Called by `__main__`.

| consumer | event | handler |
|---|---|---|
| MAIL / parser | MailReceived | handlers.store_mail.StoreMail |
"""

import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from mayfly.bus import topology
from mayfly.bus.claims import Claims
from mayfly.bus.consumer import Consumption
from mayfly.bus.publisher import Publisher
from mayfly.children.pool import Pool
from mayfly.service.clock import system_clock
from mayfly.service.foundation import open_foundation
from mayfly.service.run import Component
from mayfly.service.ticker import Ticker
from mayfly.store.deletions import Deletions
from mayfly.store.inboxes import Inboxes
from mayfly.store.messages import Messages
from mayfly.store.octets import Octets
from message_parser.handlers.announce import Announce
from message_parser.handlers.authenticate import Authenticate
from message_parser.handlers.store_mail import StoreMail
from message_parser.settings import Settings
from message_parser.workers import parse_pool, verdict_pool

_ANNOUNCE_SECONDS = 2.0


@asynccontextmanager
async def build(settings: Settings, *, fetch_seconds: float = 1.0) -> AsyncIterator[Component]:
    """The parser, with every connection checked. Raises TransientFailure, IncompatibleStream.

    `fetch_seconds`: how long a request for mail waits, and so at most how long the parser takes to stop.
    """
    async with AsyncExitStack() as stack:
        program = parse_pool.program(settings.parse_seconds, settings.parse_memory_mib)
        # Before the servers, which may be starting too: loading the vocabulary takes a while.
        processes = await stack.enter_async_context(Pool("parse", program, count=settings.children))
        foundation = await stack.enter_async_context(open_foundation(settings, "mayfly-parser"))
        database, bus = foundation.database, foundation.bus
        messages, publisher = Messages(database), Publisher(bus)
        authenticate = await _authenticate(settings, messages, stack)
        handler = StoreMail(
            parser=parse_pool.ParsePool(processes, settings.parse_seconds),
            inboxes=Inboxes(database),
            messages=messages,
            octets=Octets(database),
            deletions=Deletions(database),
            claims=Claims(bus),
            publisher=publisher,
            clock=system_clock,
            stored=authenticate.offer if authenticate else None,
        )
        mail = Consumption(
            bus,
            topology.PARSER,
            authenticate.after(handler.handle) if authenticate else handler.handle,
            settled=handler.settled,
            batch=settings.batch,
            octets=settings.batch_octets,
            readers=settings.concurrent_batches,
            fetch_seconds=fetch_seconds,
            dead_letters_per_minute=settings.dead_letters_per_minute,
        )
        announce = Announce(messages, publisher)
        tasks = {"mail": mail.run, "announce": Ticker(announce, _ANNOUNCE_SECONDS).run}
        if authenticate:
            tasks["authenticate"] = authenticate.run
        yield Component(
            tasks=tasks,
            checks={**foundation.checks, "mail": mail.check},
        )


async def _authenticate(settings: Settings, messages: Messages, stack: AsyncExitStack) -> Authenticate | None:
    """The handler that authenticates stored mails; None when the operator has switched it off."""
    if not settings.authentication:
        return None
    limits = [str(settings.verdict_seconds), str(settings.parse_memory_mib), settings.dns_resolver]
    program = ["-m", verdict_pool.MODULE, *limits]
    processes = Pool(
        "verdict",
        program,
        count=settings.verdict_processes,
        at_once=0,
        idle_seconds=settings.verdict_idle_seconds,
        nice=settings.verdict_nice,
    )
    await stack.enter_async_context(processes)
    return Authenticate(
        authenticator=verdict_pool.VerdictPool(processes, settings.verdict_seconds),
        messages=messages,
        workers=settings.verdict_processes,
        now=time.monotonic,
    )
