"""Outcomes on a real broker: ack, nak, dead letter; and what a handler's failure costs."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from mayfly.bus import topology
from mayfly.bus.connection import Bus, connect
from mayfly.bus.consumer import Consumption
from mayfly.bus.publisher import Publisher
from mayfly.events import facts
from mayfly.events.handling import Delivered, Outcome
from mayfly.failures import PermanentFailure, TransientFailure
from mayfly.testing.builders import make_mail

MOMENT = datetime(2026, 11, 21, tzinfo=UTC)


@pytest.fixture
async def bus(clean_nats: str) -> AsyncIterator[Bus]:
    async with connect(clean_nats, "test") as connected:
        await topology.ensure(connected)
        yield connected


class Handler:
    """Answers each event with what `outcomes` says for its id; an exception there is raised for the whole batch."""

    def __init__(self, outcomes: dict[str, list[object]]) -> None:
        self.outcomes = outcomes
        self.seen: list[str] = []
        self.deliveries: list[int] = []

    async def __call__(self, events: Sequence[Delivered]) -> Sequence[Outcome]:
        return [self._outcome(event) for event in events]

    def _outcome(self, event: Delivered) -> Outcome:
        event_id = event.fact.event_id
        self.seen.append(event_id)
        self.deliveries.append(event.deliveries)
        steps = self.outcomes.get(event_id, [])
        step = steps.pop(0) if steps else None
        if isinstance(step, RuntimeError):
            raise step
        assert step is None or isinstance(step, TransientFailure | PermanentFailure)
        return step


async def publish(bus: Bus, *event_ids: str) -> None:
    for event_id in event_ids:
        await Publisher(bus).publish(make_mail(event_id=event_id))


async def consume_all(bus: Bus, handler: Handler, consumer: topology.Consumer = topology.PARSER) -> Consumption:
    """Run until the stream is empty, then stop."""
    consumption = Consumption(
        bus,
        consumer,
        handler,
        fetch_seconds=0.1,
        sweep_seconds=0.1,
        pauses={"outage": (0.01, 0.02), "dead_letters": (9, 9)},
    )
    stop = asyncio.Event()
    task = asyncio.create_task(consumption.run(stop))
    try:
        async with asyncio.timeout(10):
            while (await bus.jetstream.stream_info("MAIL")).state.messages:
                await asyncio.sleep(0.02)
    finally:
        stop.set()
        await task
    return consumption


async def dead(bus: Bus) -> list[dict[str, str]]:
    state = (await bus.jetstream.stream_info("DEAD_LETTERS")).state
    found = [await bus.jetstream.get_msg("DEAD_LETTERS", seq) for seq in range(1, state.last_seq + 1)]
    return [dict(message.headers or {}) for message in found]


async def test_a_handled_event_is_gone_from_the_stream(bus):
    await publish(bus, "a", "b")
    handler = Handler({})
    await consume_all(bus, handler)
    assert (["a", "b"], []) == (sorted(handler.seen), await dead(bus))


async def test_a_transient_failure_brings_the_event_back(bus):
    await publish(bus, "a")
    handler = Handler({"a": [TransientFailure("later", retry_after=0.05)]})
    await consume_all(bus, handler)
    assert (["a", "a"], [1, 2], []) == (handler.seen, handler.deliveries, await dead(bus))


async def test_a_permanent_failure_becomes_a_dead_letter_with_its_reason(bus):
    await publish(bus, "a", "b")
    handler = Handler({"a": [PermanentFailure("broken\r\nbeyond repair")]})
    await consume_all(bus, handler)
    (letter,) = await dead(bus)
    assert ("broken beyond repair", "mayfly.mail.inline", "parser", "1") == (
        letter["Mayfly-Dead-Reason"],
        letter["Mayfly-Dead-Subject"],
        letter["Mayfly-Dead-Consumer"],
        letter["Mayfly-Dead-Deliveries"],
    )


async def test_an_event_with_one_unexpected_failure_too_many_becomes_a_dead_letter(bus):
    await publish(bus, "a")
    handler = Handler({"a": [RuntimeError("bug")] * 9})
    consumer = replace(topology.PARSER, max_failures=2)
    await consume_all(bus, handler, consumer)
    assert (["a", "a"], "unexpected RuntimeError") == (handler.seen, (await dead(bus))[0]["Mayfly-Dead-Reason"])


async def test_deliveries_during_an_outage_do_not_count_as_failures_of_the_event(bus):
    await publish(bus, "a")
    handler = Handler({"a": [TransientFailure("the store is away", retry_after=0.01)] * 30 + [RuntimeError("bug")]})
    await consume_all(bus, handler, replace(topology.PARSER, max_failures=2))
    assert (32, []) == (len(handler.seen), await dead(bus))


class Store:
    """A handler whose store is away until `back`; counts how often it was asked meanwhile."""

    def __init__(self) -> None:
        self.back = asyncio.Event()
        self.asked = 0
        self.done: list[str] = []

    async def __call__(self, events: Sequence[Delivered]) -> Sequence[Outcome]:
        if not self.back.is_set():
            self.asked += 1
            raise TransientFailure("the store is out of reach", retry_after=0)
        self.done += [event.fact.event_id for event in events]
        return [None] * len(events)


@pytest.mark.parametrize("consumer", [topology.PARSER, topology.DISPATCHER], ids=lambda consumer: consumer.name)
async def test_an_outage_slows_the_fetching_buries_nothing_and_is_over_when_the_store_is_back(bus, consumer):
    ids = sorted(f"e{number:03}" for number in range(50))
    if consumer is topology.PARSER:
        await publish(bus, *ids)
    else:
        await Publisher(bus).publish_all([facts.InboxDeleted(i, i, "", "a@b.example", MOMENT) for i in ids])
    store = Store()
    consumption = Consumption(
        bus,
        consumer,
        store,
        batch=10,
        fetch_seconds=0.1,
        sweep_seconds=0.1,
        pauses={"outage": (0.05, 0.2), "dead_letters": (9, 9)},
    )
    stop = asyncio.Event()
    task = asyncio.create_task(consumption.run(stop))
    await asyncio.sleep(1.2)
    # Two batches with two tries for single events each, then a trial at each pause: 0.05, 0.1, 0.2, 0.2, ... s.
    assert 3 <= store.asked <= 16
    await consumption.check()
    store.back.set()
    async with asyncio.timeout(10):
        while len(store.done) < 50:
            await asyncio.sleep(0.02)
    stop.set()
    await task
    assert (ids, []) == (sorted(store.done), await dead(bus))


async def test_one_event_that_its_dependency_always_fails_holds_up_no_other(bus):
    await publish(bus, "a", "bad", "b", "c")
    done: list[str] = []

    async def handle(events: Sequence[Delivered]) -> Sequence[Outcome]:
        if any(event.fact.event_id == "bad" for event in events):
            raise TransientFailure("the store does not answer", retry_after=30)
        done.extend(event.fact.event_id for event in events)
        return [None] * len(events)

    stop = asyncio.Event()
    task = asyncio.create_task(
        Consumption(bus, topology.PARSER, handle, fetch_seconds=0.1, sweep_seconds=0.1).run(stop)
    )
    async with asyncio.timeout(10):
        while len(done) < 3:
            await asyncio.sleep(0.02)
    stop.set()
    await task
    assert (["a", "b", "c"], []) == (sorted(done), await dead(bus))


async def test_an_unexpected_error_costs_only_the_event_that_causes_it_a_retry(bus):
    await publish(bus, "a", "bad", "b")
    handler = Handler({"bad": [RuntimeError("bug"), RuntimeError("bug")]})
    await consume_all(bus, handler)
    assert (3, []) == (handler.seen.count("bad"), await dead(bus))


async def test_an_event_of_an_unknown_type_is_a_dead_letter_and_the_handler_never_sees_it(bus):
    await bus.jetstream.publish("mayfly.mail.inline", b"?", headers={"Mayfly-Event-Type": "who.knows"})
    handler = Handler({})
    await consume_all(bus, handler)
    assert ([], 1) == (handler.seen, len(await dead(bus)))


async def test_a_handler_with_too_few_replies_costs_its_events_a_retry_and_not_the_consumer(bus):
    await publish(bus, "a", "b", "c")
    seen: list[str] = []

    async def forgetful(events: Sequence[Delivered]) -> Sequence[Outcome]:
        seen.extend(event.fact.event_id for event in events)
        return [None] * (len(events) if len(events) == 1 else 1)

    await consume_all(bus, forgetful)
    assert ({"a", "b", "c"}, []) == (set(seen), await dead(bus))
