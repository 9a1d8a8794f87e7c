"""The dispatcher's handlers on a real store, with a clock, a broker and a receiver that do as the test says."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from mayfly.events import facts
from mayfly.events.handling import Delivered
from mayfly.failures import Failure
from mayfly.records.delivery import Delivery
from mayfly.store.api_keys import ApiKeys
from mayfly.store.client import Database
from mayfly.store.creations import Creations
from mayfly.store.deliveries import Deliveries
from mayfly.store.endpoints import Endpoints
from mayfly.store.inboxes import Inboxes
from mayfly.testing.builders import UNLIMITED, make_endpoint, make_inbox, make_stored
from mayfly.testing.bus import MemoryPublisher
from mayfly.testing.clock import SettableClock
from webhook_dispatcher.domain.formats import WIRES
from webhook_dispatcher.domain.lanes import LaneLimits, Lanes
from webhook_dispatcher.domain.verdict import Response
from webhook_dispatcher.handlers.attempts import Attempts
from webhook_dispatcher.handlers.courier import Courier
from webhook_dispatcher.handlers.fan_out import FanOut
from webhook_dispatcher.handlers.first_attempts import FirstAttempts
from webhook_dispatcher.handlers.health import Health
from webhook_dispatcher.handlers.listeners import Listeners
from webhook_dispatcher.handlers.recovery import Recovery


@dataclass
class ScriptedSender:
    """Gives the next of `answers`, the last for ever; `sent` is what went out."""

    answers: list[Response] = field(default_factory=lambda: [Response(0.01, status=200)])
    sent: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    async def send(self, url: str, headers: Mapping[str, str], payload: bytes, timeout: float) -> Response:
        assert timeout > 0
        self.sent.append((url, dict(headers), payload))
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


class NeverAnswering:
    """A sender whose receiver never answers."""

    def __init__(self) -> None:
        self.asked = asyncio.Semaphore(0)

    async def send(self, *_: object) -> Response:
        self.asked.release()
        await asyncio.Event().wait()
        raise AssertionError


class Broker:
    """What the broker has of each delivery, for the recovery round."""

    def __init__(self) -> None:
        self.held: set[str] = set()

    async def holds(self, inbox_id: str, delivery_id: str) -> bool:
        assert inbox_id is not None
        return delivery_id in self.held


class Dispatcher:
    """The handlers over one store; `run` plays the broker until nothing is due or scheduled."""

    def __init__(self, database: Database, bounds: LaneLimits) -> None:
        self.database = database
        self.endpoints, self.deliveries, self.keys = Endpoints(database), Deliveries(database), ApiKeys(database)
        self.publisher, self.sender, self.clock = MemoryPublisher(), ScriptedSender(), SettableClock()
        self.broker = Broker()
        self.pauses: list[float] = []
        self.lanes = Lanes(bounds, lambda: self.clock().timestamp(), lambda: 0.0)
        health, inboxes = Health(self.endpoints, self.keys, self.publisher), Inboxes(database)
        self.courier = Courier(
            deliveries=self.deliveries,
            publisher=self.publisher,
            sender=self.sender,
            health=health,
            lanes=self.lanes,
            clock=self.clock,
            chance=lambda: 0.0,
            wires=WIRES,
        )
        common = {"publisher": self.publisher, "lanes": self.lanes, "clock": self.clock, "pause": self.pause}
        self.listeners = Listeners(self.endpoints)
        self.fan_out = FanOut(
            listeners=self.listeners,
            deliveries=self.deliveries,
            inboxes=inboxes,
            health=health,
            first_attempts=FirstAttempts(courier=self.courier, **common),
            clock=self.clock,
        )
        self.attempts = Attempts(
            endpoints=self.endpoints,
            deliveries=self.deliveries,
            inboxes=inboxes,
            health=health,
            courier=self.courier,
            **common,
        )
        self.recovery = Recovery(self.deliveries, self.broker, self.publisher, self.clock)

    async def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        await asyncio.sleep(0)

    async def inbox(self, inbox_id: str = "inbox", **fields: Any) -> None:
        now = self.clock()
        given = {"account_id": "account", "created_at": now, "expires_at": now + timedelta(days=30), **fields}
        await Creations(self.database).create(make_inbox(inbox_id, id=inbox_id, **given), UNLIMITED, now)

    async def endpoint(self, endpoint_id: str, **fields: Any) -> str:
        given = {
            "url": f"https://{endpoint_id}.example.com/",
            "secret": "whsec_AAAA",
            "created_at": self.clock(),
            **fields,
        }
        await self.endpoints.create(make_endpoint(id=endpoint_id, **given))
        return endpoint_id

    async def announce(self, *events: facts.Fact, sequence: int = 1) -> list[Failure | None]:
        """Fan out, first attempts included; returns the outcomes."""
        replies = await self.fan_out([Delivered(event, sequence, 1) for event in events])
        return [await reply if asyncio.iscoroutine(reply) else reply for reply in replies]

    async def queue(self, *events: facts.Fact, sequence: int = 1) -> None:
        """As after a crash between the store and the first attempts: these are due in the broker."""
        made = [
            self.listeners.delivery(event, sequence, endpoint, self.clock())
            for event, endpoints in zip(events, await self.listeners.of(events), strict=True)
            for endpoint in endpoints
        ]
        await self.deliveries.insert_missing(made)
        await self.announce(*events, sequence=sequence)

    async def attempt(self, *due: facts.AttemptScheduled) -> list[Failure | None]:
        replies = await self.attempts([Delivered(attempt, 1, 1) for attempt in due])
        return [await reply if asyncio.iscoroutine(reply) else reply for reply in replies]

    def take(self) -> list[facts.AttemptScheduled]:
        """Attempts that are due at once."""
        due = [fact for fact in self.publisher.facts if isinstance(fact, facts.AttemptScheduled)]
        self.publisher.facts = [fact for fact in self.publisher.facts if fact not in due]
        return due

    async def run(self) -> list[float]:
        """Make attempts, moving the clock to each; returns the pauses in seconds."""
        pauses = []
        for due in self.take():
            await self.attempt(due)
        while self.publisher.scheduled:
            following = self.publisher.scheduled.pop(0)
            pauses.append((following.due_at - self.clock()).total_seconds())
            self.clock.advance(max(0.0, pauses[-1]))
            await self.attempt(following)
        return pauses

    async def log(self, endpoint_id: str) -> list[Delivery]:
        return await self.deliveries.of_endpoint(endpoint_id, limit=100)


def stored(inbox_id: str = "inbox", account_id: str = "account", otp: str = "") -> facts.MessageStored:
    return make_stored(inbox_id, account_id=account_id, otp=otp)
