"""Dead letters on a real broker: listed, shown, replayed, discarded."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import fields
from datetime import UTC, datetime

import pytest

from mayfly.bus import topology
from mayfly.bus.claims import Claims
from mayfly.bus.connection import Bus, connect
from mayfly.bus.consumer import Consumption
from mayfly.bus.dead_letters import DeadLetters
from mayfly.bus.publisher import Publisher
from mayfly.events import codec, facts, subjects
from mayfly.events.handling import Delivered, Outcome
from mayfly.failures import PermanentFailure, TransientFailure, UnknownDeadLetter
from mayfly.testing.builders import make_mail

MOMENT = datetime(2026, 11, 21, tzinfo=UTC)


@pytest.fixture
async def bus(clean_nats: str) -> AsyncIterator[Bus]:
    async with connect(clean_nats, "test") as connected:
        await topology.ensure(connected)
        yield connected


async def bury(bus: Bus, *events: facts.MailReceived) -> None:
    """Publish the events and refuse them all."""
    for event in events:
        await Publisher(bus).publish(event)
    await bury_all(bus, topology.PARSER, len(events))


async def bury_all(bus: Bus, consumer: topology.Consumer, letters: int) -> None:
    """Refuse every event of the consumer until there are so many dead letters and none is under way."""

    async def refuse(batch: Sequence[Delivered]) -> list[Outcome]:
        return [PermanentFailure("no good")] * len(batch)

    stop = asyncio.Event()
    task = asyncio.create_task(Consumption(bus, consumer, refuse, fetch_seconds=0.1, sweep_seconds=0.1).run(stop))
    try:
        async with asyncio.timeout(10):
            while await DeadLetters(bus).count() < letters:
                await asyncio.sleep(0.01)
            while (await bus.jetstream.consumer_info(consumer.stream, consumer.name)).num_ack_pending:
                await asyncio.sleep(0.01)
            while consumer.sweeps and (await bus.jetstream.stream_info(consumer.stream)).state.messages:
                await asyncio.sleep(0.01)
    finally:
        stop.set()
        await task


def mail(event_id: str, octets: bytes | facts.ClaimCheck = b"octets") -> facts.MailReceived:
    return make_mail(event_id=event_id, octets=octets)


async def test_a_dead_letter_says_where_it_came_from_and_why(bus: Bus) -> None:
    await bury(bus, mail("e1"))
    (letter,) = await DeadLetters(bus).list()
    assert ("MAIL", "parser", "mayfly.mail.inline", "no good", 1) == (
        letter.stream,
        letter.consumer,
        letter.subject,
        letter.reason,
        letter.deliveries,
    )
    assert "mayfly.events.v1.MailReceived" == letter.event_type
    assert letter.buried_at is not None
    assert (letter, mail("e1")) == await DeadLetters(bus).show(letter.id)


async def test_dead_letters_are_paged_by_id(bus: Bus) -> None:
    await bury(bus, mail("e1"), mail("e2"), mail("e3"))
    first = await DeadLetters(bus).list(limit=2)
    rest = await DeadLetters(bus).list(after=first[-1].id)
    assert [1, 2, 3] == [letter.id for letter in [*first, *rest]]


async def test_a_replayed_event_is_on_its_stream_again_and_no_dead_letter_any_more(bus: Bus) -> None:
    await bury(bus, mail("e1"))
    await DeadLetters(bus).replay(1)
    assert (0, 1) == (await DeadLetters(bus).count(), (await bus.jetstream.stream_info("MAIL")).state.messages)
    seen: list[facts.Fact] = []
    stop = asyncio.Event()

    async def take(batch: Sequence[Delivered]) -> list[Outcome]:
        seen.extend(event.fact for event in batch)
        stop.set()
        return [None] * len(batch)

    async with asyncio.timeout(10):
        await Consumption(bus, topology.PARSER, take, fetch_seconds=0.1, sweep_seconds=0.1).run(stop)
    assert [mail("e1")] == seen


async def test_a_discarded_dead_letter_gives_its_claim_back(bus: Bus) -> None:
    claims = Claims(bus)
    claim = await claims.put("e1", b"octets")
    await bury(bus, mail("e1", claim))
    assert not await claims.release(claim)
    await DeadLetters(bus).discard(1)
    with pytest.raises(PermanentFailure):
        await claims.get(claim)


@pytest.mark.parametrize("letter_id", [-1, 0, 99])
async def test_an_unknown_id_is_refused(bus: Bus, letter_id: int) -> None:
    for call in (DeadLetters(bus).show, DeadLetters(bus).replay, DeadLetters(bus).discard):
        with pytest.raises(UnknownDeadLetter):
            await call(letter_id)


def refusing(bus: Bus, handler: object = None, *, limit: int = 4, pause: float = 60, batch: int = 100) -> Consumption:
    """A consumer with a limit of dead letters, that refuses every event unless it is given a handler."""

    async def refuse(batch: Sequence[Delivered]) -> list[Outcome]:
        return [PermanentFailure("no good")] * len(batch)

    pauses = {"outage": (0.01, 0.02), "dead_letters": (pause, 4 * pause)}
    return Consumption(
        bus,
        topology.PARSER,
        handler or refuse,
        batch=batch,
        fetch_seconds=0.1,
        sweep_seconds=0.1,
        dead_letters_per_minute=limit,
        pauses=pauses,
    )


@asynccontextmanager
async def running(*consumptions: Consumption) -> AsyncIterator[None]:
    stop = asyncio.Event()
    tasks = [asyncio.create_task(consumption.run(stop)) for consumption in consumptions]
    try:
        async with asyncio.timeout(10):
            yield
    finally:
        stop.set()
        await asyncio.gather(*tasks)


async def receive(bus: Bus, *event_ids: str) -> None:
    for event_id in event_ids:
        await Publisher(bus).publish(mail(event_id))


async def held(bus: Bus) -> tuple[int, int]:
    """Dead letters, and events that are still in MAIL."""
    return await DeadLetters(bus).count(), (await bus.jetstream.stream_info("MAIL")).state.messages


async def test_too_many_dead_letters_stop_the_consumer_and_turn_readiness_red(bus: Bus) -> None:
    await receive(bus, *(f"e{number}" for number in range(10)))
    consumption = refusing(bus)
    await consumption.check()
    async with running(consumption):
        while not await is_red(consumption):
            await asyncio.sleep(0.01)
    assert (4, 6) == await held(bus)


async def test_a_restart_has_no_budget_of_its_own(bus: Bus) -> None:
    await receive(bus, *(f"e{number}" for number in range(10)))
    for _ in range(3):
        consumption = refusing(bus)
        async with running(consumption):
            while not await is_red(consumption):
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.2)
    assert (4, 6) == await held(bus)


async def test_a_stopped_consumer_tries_one_event_after_each_pause_and_goes_on_by_itself(bus: Bus) -> None:
    await receive(bus, *(f"e{number}" for number in range(6)))
    mended = asyncio.Event()

    async def handle(batch: Sequence[Delivered]) -> list[Outcome]:
        sizes.append(len(batch))
        return [None if mended.is_set() else PermanentFailure("no good")] * len(batch)

    sizes: list[int] = []
    consumption = refusing(bus, handle, limit=4, pause=0.05)
    async with running(consumption):
        while not await is_red(consumption):
            await asyncio.sleep(0.01)
        stopped = len(sizes)
        while len(sizes) < stopped + 2:
            await asyncio.sleep(0.01)
        mended.set()
        while (await held(bus))[1]:
            await asyncio.sleep(0.01)
    await consumption.check()
    assert (4, 0) == await held(bus)
    assert {1} == set(sizes[stopped : stopped + 2])


async def test_events_whose_dead_letters_the_broker_does_not_take_stop_nothing_and_are_kept(bus: Bus) -> None:
    config = (await bus.jetstream.stream_info("DEAD_LETTERS")).config
    await bus.jetstream.update_stream(config, max_bytes=1)
    await receive(bus, *(f"e{number}" for number in range(10)))
    seen: list[str] = []

    async def refuse(batch: Sequence[Delivered]) -> list[Outcome]:
        seen.extend(event.fact.event_id for event in batch)
        return [PermanentFailure("no good")] * len(batch)

    consumption = refusing(bus, refuse)
    async with running(consumption):
        while len(seen) < 10:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.2)
        await consumption.check()
    assert (10, (0, 10)) == (len(seen), await held(bus))


async def test_two_processes_share_the_limit(bus: Bus) -> None:
    await receive(bus, *(f"e{number:02}" for number in range(20)))
    one, other = refusing(bus, batch=2), refusing(bus, batch=2)
    async with running(one, other):
        while not (await is_red(one) and await is_red(other)):
            await asyncio.sleep(0.01)
    assert 4 == await DeadLetters(bus).count()


async def test_events_published_in_one_batch_become_dead_letters(bus: Bus) -> None:
    events = [facts.InboxDeleted(f"e{number}", f"i{number}", "a", "a@b.example", MOMENT) for number in range(3)]
    await Publisher(bus).publish_all(events)
    await bury_all(bus, topology.DISPATCHER, 3)
    assert events == [(await DeadLetters(bus).show(letter.id))[1] for letter in await DeadLetters(bus).list()]
    raw = await bus.jetstream.get_msg("DEAD_LETTERS", 1)
    assert {"Nats-Msg-Id", "Nats-Expected-Last-Sequence", *subjects.HEADERS} == set(raw.headers or {})


async def test_a_stream_made_anew_loses_no_dead_letter(bus: Bus) -> None:
    await bury(bus, mail("e1"))
    await bus.jetstream.delete_stream("MAIL")
    await topology.ensure(bus)
    await Publisher(bus).publish(mail("e2"))
    await bury_all(bus, topology.PARSER, 2)
    assert [mail("e1"), mail("e2")] == [(await DeadLetters(bus).show(number))[1] for number in (1, 2)]


async def test_replays_are_told_apart_when_dead_letters_are_made_anew(bus: Bus) -> None:
    await bury(bus, mail("e1"))
    await DeadLetters(bus).replay(1)
    await bury_all(bus, topology.PARSER, 1)
    await bus.jetstream.delete_stream("DEAD_LETTERS")
    await topology.ensure(bus)
    await bury(bus, mail("e2"))
    await DeadLetters(bus).replay(1)
    assert (0, 1) == (await DeadLetters(bus).count(), (await bus.jetstream.stream_info("MAIL")).state.messages)


async def is_red(consumption: Consumption) -> bool:
    try:
        await consumption.check()
    except TransientFailure:
        return True
    return False


ATTEMPT = facts.AttemptScheduled("e2", "d", "i", 1, MOMENT)
STRANGER = facts.InboxDeleted("e1", "i", "a", "a@b.example", MOMENT)


@pytest.mark.parametrize(
    ("consumer", "expected", "stranger"),
    [
        (topology.PARSER, mail("e2"), STRANGER),
        (topology.DISPATCHER, STRANGER, ATTEMPT),
        (topology.ATTEMPTS, ATTEMPT, STRANGER),
    ],
    ids=lambda value: getattr(value, "name", type(value).__name__),
)
async def test_an_event_that_a_consumer_does_not_expect_is_a_dead_letter_that_no_handler_saw(
    bus: Bus, consumer: topology.Consumer, expected: facts.Fact, stranger: facts.Fact
) -> None:
    seen: list[facts.Fact] = []

    async def take(batch: Sequence[Delivered]) -> list[Outcome]:
        seen.extend(event.fact for event in batch)
        return [None] * len(batch)

    type_name, payload = codec.encode(stranger)
    # On the subject of what is expected, so that both come in one batch.
    await bus.jetstream.publish(subjects.of(expected), payload, headers={subjects.TYPE_HEADER: type_name})
    await Publisher(bus).publish(expected)
    stop = asyncio.Event()
    task = asyncio.create_task(Consumption(bus, consumer, take, fetch_seconds=0.1, sweep_seconds=0.1).run(stop))
    async with asyncio.timeout(10):
        while not (seen and await DeadLetters(bus).count()):
            await asyncio.sleep(0.01)
    stop.set()
    await task
    (letter,) = await DeadLetters(bus).list()
    assert f"consumer {consumer.name} does not expect the event {type(stranger).__name__}" == letter.reason
    assert [expected] == seen


@pytest.mark.parametrize("consumer", topology.CONSUMERS, ids=lambda consumer: consumer.name)
def test_every_consumer_expects_events_of_its_stream_alone(consumer: topology.Consumer) -> None:
    (stream,) = (stream for stream in topology.STREAMS if stream.name == consumer.stream)
    prefix = stream.subjects[0].removesuffix(">")
    example = {"event_id": "e", "octets": b"", "envelope": facts.Envelope("", ())}
    for kind in consumer.expects:
        fact = kind(**{field.name: example.get(field.name, "x") for field in fields(kind)})
        assert subjects.of(fact).startswith(prefix)
