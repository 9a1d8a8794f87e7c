"""Benchmark of hostile mail: sends each bomb of the attack tests to a running parser, one after the other.

`make bench-bombs`. Prints the time from publication until stored for each bomb, and for a plain mail published
right after it.
"""

import asyncio
import sys
import time

from bench.parser import INBOXES, rig
from bench.processes import own_cpu, peak_mib
from mayfly.bus.claims import Claims
from mayfly.bus.connection import Bus
from mayfly.bus.publisher import Publisher
from mayfly.events import facts
from mayfly.events.facts import INLINE_LIMIT_OCTETS
from mayfly.mail.message_id import derive_message_id
from mayfly.records.inbox import Inbox
from mayfly.service.clock import system_clock
from mayfly.store.messages import Messages
from mayfly.testing.builders import make_mail
from tests.corpus.bombs import BOMBS

PLAIN = b"From: a@acme.example\r\nSubject: Code\r\n\r\nYour verification code is 482193\r\n"
LONGEST_SECONDS = 30


async def main() -> None:
    async with rig() as servers:
        with servers.parser() as parser:
            await measure(servers.bus, Messages(servers.database), servers.inboxes)
            print(f"parser: CPU {own_cpu(parser.pid):.1f} s, peak RSS {peak_mib(parser.pid):.0f} MiB")


async def measure(bus: Bus, messages: Messages, inboxes: list[Inbox]) -> None:
    # The first mail waits for the parser to start.
    await seconds_until_stored(bus, messages, inboxes[0], PLAIN)
    stored: list[float] = []
    after: list[float] = []
    for number, (name, bomb) in enumerate(BOMBS.items()):
        octets = bomb()
        stored.append(await seconds_until_stored(bus, messages, inboxes[number % INBOXES], octets))
        after.append(await seconds_until_stored(bus, messages, inboxes[-1], PLAIN))
        print(f"{name:<28} {len(octets):>10} octets  {stored[-1]:7.3f} s  the next mail {1000 * after[-1]:6.1f} ms")
    print(f"{len(stored)} bombs: slowest {max(stored):.3f} s; the next mail at most {1000 * max(after):.1f} ms")


async def seconds_until_stored(bus: Bus, messages: Messages, inbox: Inbox, octets: bytes) -> float:
    event_id = facts.new_event_id()
    content = octets if len(octets) <= INLINE_LIMIT_OCTETS else await Claims(bus).put(event_id, octets)
    message_id = derive_message_id(event_id, inbox.id)
    began = time.perf_counter()
    await Publisher(bus).publish(make_mail(inbox, octets=content, received_at=system_clock(), event_id=event_id))
    while not await messages.existing([message_id]):
        if time.perf_counter() - began > LONGEST_SECONDS:
            sys.exit(f"not stored within {LONGEST_SECONDS} s")
        await asyncio.sleep(0.001)
    return time.perf_counter() - began


if __name__ == "__main__":
    asyncio.run(main())
