"""What the parser has settled leaves the stream, also past an event that waits for its retry."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from mayfly.bus import sweep, topology
from mayfly.bus.backlog import MailBacklog
from mayfly.bus.connection import Bus, connect
from mayfly.bus.consumer import Consumption
from mayfly.bus.publisher import Publisher
from mayfly.events.facts import MailReceived
from mayfly.failures import PermanentFailure, Postponed
from mayfly.testing.builders import make_mail

MOMENT = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.fixture
async def bus(clean_nats: str) -> AsyncIterator[Bus]:
    async with connect(clean_nats, "test") as connected:
        await topology.ensure(connected)
        yield connected


async def publish(bus: Bus, *event_ids: str) -> None:
    for event_id in event_ids:
        await Publisher(bus).publish(make_mail(event_id=event_id))


async def lying(bus: Bus) -> int:
    return (await bus.jetstream.stream_info("MAIL")).state.messages


async def consume(bus: Bus, handler, *, left: int) -> None:
    """Consume until so many events lie in the stream."""
    stop = asyncio.Event()
    task = asyncio.create_task(
        Consumption(bus, topology.PARSER, handler, fetch_seconds=0.1, sweep_seconds=0.1).run(stop)
    )
    try:
        async with asyncio.timeout(15):
            while await lying(bus) != left:
                await asyncio.sleep(0.05)
    finally:
        stop.set()
        await task


def answering(**outcomes):
    async def handler(events):
        return [outcomes.get(event.fact.event_id) for event in events]

    return handler


async def test_settled_events_leave_the_stream(bus):
    await publish(bus, "a", "b", "c")
    await consume(bus, answering(b=PermanentFailure("no good")), left=0)
    assert 1 == (await bus.jetstream.stream_info("DEAD_LETTERS")).state.messages


async def test_an_event_that_waits_for_its_retry_stays_and_keeps_no_other(bus, monkeypatch):
    monkeypatch.setattr(sweep, "_PATIENCE_SECONDS", 0.5)
    await publish(bus, "waits", "a", "b")
    await consume(bus, answering(waits=Postponed("later", retry_after=60)), left=1)
    assert "waits" in (await bus.jetstream.get_msg("MAIL", 1)).data.decode("latin-1")


async def test_events_that_nobody_has_settled_are_never_swept(bus):
    await publish(bus, "a", "b")
    await sweep.Sweep(bus, topology.PARSER).sweep()
    assert 2 == await lying(bus)


async def test_what_another_process_settled_is_swept_too(bus):
    await publish(bus, "a", "b")
    subscription = await bus.jetstream.pull_subscribe_bind("parser", "MAIL")
    for message in await subscription.fetch(2):
        await message.ack_sync()
    assert 2 == await lying(bus)
    assert await MailBacklog(bus).is_drained(2)
    await sweep.Sweep(bus, topology.PARSER).sweep()
    assert 0 == await lying(bus)


async def test_a_sweep_that_fails_is_made_up_for_by_the_next(bus):
    await publish(bus, "a")
    one = sweep.Sweep(bus, topology.Consumer("MAIL", "nobody", "mayfly.mail.>", expects=(MailReceived,), sweeps=True))
    await one.sweep()
    assert 1 == await lying(bus)


async def test_an_event_that_is_gone_already_is_no_failure(bus, monkeypatch):
    monkeypatch.setattr(sweep, "_PATIENCE_SECONDS", -1)
    await publish(bus, "a", "b")
    one = sweep.Sweep(bus, topology.PARSER)
    one.note(2)
    await bus.jetstream.delete_msg("MAIL", 2)
    await one.sweep()
    assert (1, []) == (await lying(bus), one._settled)


async def test_sequences_noted_before_the_stream_was_made_anew_touch_no_new_event(bus, monkeypatch):
    monkeypatch.setattr(sweep, "_PATIENCE_SECONDS", -1)
    await publish(bus, "a", "b", "c")
    subscription = await bus.jetstream.pull_subscribe_bind("parser", "MAIL")
    for message in await subscription.fetch(3):
        await message.ack_sync()
    one = sweep.Sweep(bus, topology.PARSER)
    await one.sweep()
    one.note(2)
    await bus.jetstream.delete_stream("MAIL")
    await topology.ensure(bus)
    await publish(bus, "d", "e")
    await one.sweep()
    assert 2 == await lying(bus)
