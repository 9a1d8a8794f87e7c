"""Events whose answers come in their own time."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from mayfly.bus import topology
from mayfly.bus.connection import Bus, connect
from mayfly.bus.consumer import Consumption
from mayfly.bus.forgetting import Forgetting
from mayfly.bus.publisher import Publisher
from mayfly.bus.schedule import Schedule
from mayfly.events import facts
from mayfly.failures import PermanentFailure, Postponed, TransientFailure
from mayfly.testing.builders import make_mail
from mayfly.testing.clock import SettableClock

MOMENT = SettableClock()()


@pytest.fixture
async def bus(clean_nats: str) -> AsyncIterator[Bus]:
    async with connect(clean_nats, "test") as connected:
        await topology.ensure(connected)
        yield connected


async def publish(bus: Bus, *event_ids: str) -> None:
    for event_id in event_ids:
        await Publisher(bus).publish(make_mail(event_id=event_id))


async def until(condition, seconds: float = 10) -> None:
    async with asyncio.timeout(seconds):
        while not await condition():
            await asyncio.sleep(0.02)


async def waiting(bus: Bus) -> int:
    return (await bus.jetstream.stream_info("MAIL")).state.messages


async def nothing_is_unsettled(bus: Bus) -> bool:
    info = await bus.jetstream.consumer_info("MAIL", topology.PARSER.name)
    return (0, 0) == (info.num_pending, info.num_ack_pending)


async def test_one_that_takes_long_holds_up_no_other_and_is_finished_before_the_stop(bus):
    gate, stop, done = asyncio.Event(), asyncio.Event(), []

    async def answer(event_id: str) -> None:
        if event_id == "slow":
            await gate.wait()
        done.append(event_id)

    async def handler(events):
        return [answer(event.fact.event_id) for event in events]

    task = asyncio.create_task(
        Consumption(bus, topology.PARSER, handler, batch=1, readers=1, fetch_seconds=0.1, sweep_seconds=0.1).run(stop)
    )
    await publish(bus, "slow", "a", "b")

    async def only_the_slow_one_is_left() -> bool:
        info = await bus.jetstream.consumer_info("MAIL", topology.PARSER.name)
        return (0, 1) == (info.num_pending, info.num_ack_pending)

    await until(only_the_slow_one_is_left)
    stop.set()
    asyncio.get_running_loop().call_later(0.05, gate.set)
    await task
    assert ["a", "b", "slow"] == done
    # The stream keeps what is acked until the next sweep, for which the ack may come too late.
    await until(lambda: nothing_is_unsettled(bus))


async def test_a_coroutine_fails_for_its_own_event_only(bus):
    stop = asyncio.Event()
    raised = {"bad": PermanentFailure("no good"), "odd": RuntimeError("a fault of ours")}

    async def answer(event) -> None:
        if event.deliveries == 1 and (error := raised.get(event.fact.event_id)):
            raise error

    async def handler(events):
        return [answer(event) for event in events]

    task = asyncio.create_task(
        Consumption(bus, topology.PARSER, handler, fetch_seconds=0.1, sweep_seconds=0.1).run(stop)
    )
    await publish(bus, "good", "bad", "odd")

    async def settled() -> bool:
        return await waiting(bus) == 0

    await until(settled)
    stop.set()
    await task
    assert 1 == (await bus.jetstream.stream_info("DEAD_LETTERS")).state.messages


@pytest.mark.parametrize("error", [TransientFailure("no DNS server answers", retry_after=0.1), RuntimeError("bug")])
async def test_one_coroutine_that_fails_holds_up_no_other_event(bus, error):
    stop, done = asyncio.Event(), []

    async def answer(event) -> None:
        if event.fact.event_id == "bad" and event.deliveries < 4:
            raise error
        done.append(event.fact.event_id)

    async def handler(events):
        return [answer(event) for event in events]

    pauses = {"outage": (60.0, 60.0), "dead_letters": (60.0, 60.0)}
    task = asyncio.create_task(
        Consumption(
            bus, topology.PARSER, handler, batch=1, readers=1, fetch_seconds=0.1, sweep_seconds=0.1, pauses=pauses
        ).run(stop)
    )
    await publish(bus, "bad", "a", "b", "c")
    async with asyncio.timeout(10):
        while len(done) < 3:
            await asyncio.sleep(0.02)
    stop.set()
    await task
    assert ["a", "b", "c"] == done[:3]


async def test_coroutines_that_all_fail_slow_the_fetching(bus):
    stop, asked = asyncio.Event(), []

    async def answer(event) -> None:
        asked.append(event.fact.event_id)
        raise TransientFailure(
            "no DNS server answers", retry_after=0.1
        )  # without a delay the broker would bring "a" again before "b"

    async def handler(events):
        return [answer(event) for event in events]

    pauses = {"outage": (60.0, 60.0), "dead_letters": (60.0, 60.0)}
    task = asyncio.create_task(
        Consumption(
            bus, topology.PARSER, handler, batch=1, readers=1, fetch_seconds=0.1, sweep_seconds=0.1, pauses=pauses
        ).run(stop)
    )
    await publish(bus, "a", "b", "c", "d")
    await asyncio.sleep(1)
    stop.set()
    await task
    assert len(asked) <= 5


async def test_postponing_is_no_failure_however_often(bus):
    stop, deliveries = asyncio.Event(), []

    async def handler(events):
        deliveries.extend(event.deliveries for event in events)
        return [Postponed("busy", retry_after=0.01) if event.deliveries < 15 else None for event in events]

    task = asyncio.create_task(
        Consumption(bus, topology.PARSER, handler, fetch_seconds=0.1, sweep_seconds=0.1).run(stop)
    )
    await publish(bus, "patient")

    async def settled() -> bool:
        return await waiting(bus) == 0

    await until(settled)
    stop.set()
    await task
    assert list(range(1, 16)) == deliveries
    assert 0 == (await bus.jetstream.stream_info("DEAD_LETTERS")).state.messages


async def test_the_broker_says_what_it_has_of_a_delivery_until_its_inbox_is_forgotten(bus):
    publisher, schedule = Publisher(bus), Schedule(bus)
    attempt = facts.AttemptScheduled("e", "scheduled", "inbox", 1, SettableClock()().replace(year=2099))
    await publisher.schedule(attempt)
    await publisher.publish(facts.AttemptScheduled("e", "due", "inbox", 1, MOMENT))
    await publisher.publish(facts.AttemptScheduled("e", "accounts", "", 1, MOMENT))
    asked = [("inbox", "scheduled"), ("inbox", "due"), ("inbox", "other"), ("", "accounts")]
    assert [True, True, False, True] == [await schedule.holds(*names) for names in asked]
    await Forgetting(bus).attempts_of(["inbox", "elsewhere"])
    assert [False, False, False, True] == [await schedule.holds(*names) for names in asked]
