"""Large mails' octets on a real broker: kept while a mail or a dead letter needs them, found and removed otherwise."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta

import pytest

from mayfly.bus import topology
from mayfly.bus.claims import CLAIMS_STREAM, Claims
from mayfly.bus.connection import Bus, connect
from mayfly.bus.dead_letters import DeadLetters
from mayfly.bus.leftovers import Leftovers
from mayfly.bus.publisher import Publisher
from mayfly.events import codec, facts, subjects
from mayfly.failures import PermanentFailure, StorageFull
from mayfly.testing.builders import make_mail

OCTETS = b"x" * 600_000
OLD_AT_ONCE = timedelta(days=-1)


@pytest.fixture
async def bus(clean_nats: str) -> AsyncIterator[Bus]:
    async with connect(clean_nats, "test") as connected:
        await topology.ensure(connected)
        yield connected


async def stored(bus: Bus) -> int:
    return (await bus.jetstream.stream_info(CLAIMS_STREAM)).state.messages


async def remove_all(bus: Bus, min_age: timedelta = OLD_AT_ONCE) -> int:
    leftovers = Leftovers(bus, min_age=min_age)
    found = [leftover async for leftover in leftovers.find()]
    for leftover in found:
        await leftovers.remove(leftover)
    return len(found)


async def bury(bus: Bus, event: facts.MailReceived) -> None:
    """Write the dead letter of a mail, as mayfly.bus.outcome does."""
    headers = {subjects.TYPE_HEADER: "mayfly.events.v1.MailReceived", subjects.DEAD_SUBJECT_HEADER: subjects.of(event)}
    await bus.jetstream.publish(subjects.dead_letter("MAIL", event.event_id), codec.encode(event)[1], headers=headers)


async def claimed(bus: Bus, event_id: str) -> facts.MailReceived:
    return make_mail(event_id=event_id, octets=await Claims(bus).put(event_id, OCTETS))


async def put_half(bus: Bus) -> None:
    """What a process leaves that is killed while it writes octets: cancelled before the record, and no tidying up."""
    task = asyncio.create_task(Claims(bus).put("half", OCTETS * 20))
    while not await stored(bus):
        await asyncio.sleep(0)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    assert await stored(bus)


async def test_chunks_that_a_killed_process_left_without_a_record_are_found_and_removed(bus: Bus) -> None:
    await put_half(bus)
    assert 1 == await remove_all(bus)
    assert 0 == await stored(bus)


async def test_octets_that_are_being_written_are_left_alone(bus: Bus) -> None:
    await put_half(bus)
    young = await Claims(bus).put("young", OCTETS)
    assert 0 == await remove_all(bus, timedelta(hours=1))
    assert OCTETS == await Claims(bus).get(young)


async def test_the_octets_of_a_mail_that_waits_stay(bus: Bus) -> None:
    event = await claimed(bus, "e1")
    await Publisher(bus).publish(event)
    assert 0 == await remove_all(bus)
    await bus.jetstream.purge_stream("MAIL")
    assert 1 == await remove_all(bus)
    assert 0 == await stored(bus)


async def test_the_octets_of_a_dead_letter_stay_as_long_as_it_does(bus: Bus) -> None:
    event = await claimed(bus, "e1")
    assert isinstance(event.octets, facts.ClaimCheck)
    await bury(bus, event)
    assert 0 == await remove_all(bus)
    assert not await Claims(bus).release(event.octets)
    assert OCTETS == await Claims(bus).get(event.octets)
    # Expired, as after seven days.
    await bus.jetstream.purge_stream("DEAD_LETTERS")
    assert 1 == await remove_all(bus)
    with pytest.raises(PermanentFailure):
        await Claims(bus).get(event.octets)


async def test_a_discarded_dead_letter_leaves_the_octets_to_its_mail_that_was_replayed(bus: Bus) -> None:
    event = await claimed(bus, "e1")
    assert isinstance(event.octets, facts.ClaimCheck)
    await bury(bus, event)
    # The gateway died between the two steps of the replay.
    await Publisher(bus).publish(event)
    await DeadLetters(bus).discard(1)
    assert OCTETS == await Claims(bus).get(event.octets)


async def test_a_mail_that_is_done_with_wants_no_octets_but_another_copy_of_it_does(bus: Bus) -> None:
    event = await claimed(bus, "e1")
    assert isinstance(event.octets, facts.ClaimCheck)
    sequence = await Publisher(bus).publish(event)
    again = (await bus.jetstream.publish(subjects.of(event), codec.encode(event)[1])).seq
    assert not await Claims(bus).release(event.octets, settled=sequence)
    assert await Claims(bus).release(event.octets, settled=again)
    assert 0 == await stored(bus)


async def test_the_record_of_a_deletion_that_an_earlier_version_left_is_removed(bus: Bus) -> None:
    await Claims(bus).put("e1", OCTETS)
    store = await bus.jetstream.object_store(topology.CLAIMS_BUCKET)
    await store.delete("e1")
    assert 1 == await stored(bus)
    assert 1 == await remove_all(bus)
    assert 0 == await stored(bus)


async def test_a_deletion_that_was_interrupted_is_finished(bus: Bus) -> None:
    await Claims(bus).put("e1", OCTETS)
    await bus.jetstream.purge_stream(CLAIMS_STREAM, subject="$O.MAIL_OCTETS.M.>")
    assert 1 == await remove_all(bus)
    assert 0 == await stored(bus)


async def test_octets_can_be_deleted_from_a_full_object_store(bus: Bus) -> None:
    claim = await Claims(bus).put("e1", OCTETS)
    config = (await bus.jetstream.stream_info(CLAIMS_STREAM)).config
    await bus.jetstream.update_stream(config, max_bytes=700_000)
    with pytest.raises(StorageFull):
        await Claims(bus).put("e2", OCTETS)
    await Claims(bus).delete(claim)
    assert 0 == await stored(bus)


async def test_without_an_object_store_there_are_no_leftovers(bus: Bus) -> None:
    await bus.jetstream.delete_object_store(topology.CLAIMS_BUCKET)
    assert 0 == await remove_all(bus)
