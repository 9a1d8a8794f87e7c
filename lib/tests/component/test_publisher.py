"""One suite for the real publisher and claims and for their fakes."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from mayfly.bus import topology
from mayfly.bus.claims import Claims
from mayfly.bus.connection import connect
from mayfly.bus.gathering import Gathering
from mayfly.bus.publisher import Publisher
from mayfly.events import facts
from mayfly.failures import PermanentFailure
from mayfly.testing.builders import make_mail
from mayfly.testing.bus import MemoryClaims, MemoryPublisher

MOMENT = datetime(2026, 11, 21, tzinfo=UTC)
KINDS = ["memory", "real"]


@pytest.fixture(params=KINDS)
async def bus(request: pytest.FixtureRequest) -> AsyncIterator[Any]:
    """None for the fake, a connected Bus with Mayfly's streams for the real one."""
    if request.param == "memory":
        yield None
        return
    async with connect(request.getfixturevalue("clean_nats"), "contract") as connected:
        await topology.ensure(connected)
        yield connected


@pytest.fixture
def publisher(bus: Any) -> Publisher | MemoryPublisher:
    return Publisher(bus) if bus else MemoryPublisher()


@pytest.fixture
def claims(bus: Any) -> Claims | MemoryClaims:
    return Claims(bus) if bus else MemoryClaims()


def deleted(inbox_id: str, event_id: str = "e") -> facts.InboxDeleted:
    return facts.InboxDeleted(event_id, inbox_id, "", "a@mayfly.test", MOMENT)


async def test_sequences_rise_with_each_fact(publisher):
    assert [1, 2] == [await publisher.publish(deleted("one")), await publisher.publish(deleted("two"))]


async def test_a_fact_published_twice_is_one_with_one_sequence(publisher):
    assert 1 == await publisher.publish(deleted("one"))
    assert 1 == await publisher.publish(deleted("one", event_id="again"))
    assert 2 == await publisher.publish(deleted("two"))


async def test_the_mails_of_a_burst_are_all_on_the_stream_once(clean_nats):
    async with connect(clean_nats, "burst") as bus:
        await topology.ensure(bus)
        gathering = Gathering(Publisher(bus), octets=lambda _: 10)
        await asyncio.gather(*(gathering.publish(make_mail(event_id=f"mail{number}")) for number in range(100)))
        state = (await bus.jetstream.stream_info("MAIL")).state
        assert (100, 100) == (state.messages, state.last_seq)
        # A duplicate among them makes the server refuse the batch, and nobody notices.
        await asyncio.gather(*(gathering.publish(make_mail(event_id=f"mail{number}")) for number in range(95, 130)))
        assert 130 == (await bus.jetstream.stream_info("MAIL")).state.messages


async def test_claimed_octets_come_back_until_they_are_deleted(claims):
    octets = bytes(range(256)) * 4000
    claim = await claims.put("event", octets)
    assert facts.ClaimCheck("event", len(octets)) == claim
    assert octets == await claims.get(claim)
    await claims.delete(claim)
    await claims.delete(claim)
    with pytest.raises(PermanentFailure, match="gone"):
        await claims.get(claim)


async def test_octets_of_another_size_than_claimed_are_refused(claims):
    await claims.put("event", b"12345")
    with pytest.raises(PermanentFailure, match="incomplete"):
        await claims.get(facts.ClaimCheck("event", 6))


async def test_a_batch_gives_each_fact_a_sequence_of_its_own_in_order(publisher):
    await publisher.publish_all([deleted("one"), deleted("two"), deleted("three")])
    assert [2, 4] == [await publisher.publish(deleted("two")), await publisher.publish(deleted("four"))]


async def test_facts_of_a_batch_that_are_there_already_stay_one(publisher):
    await publisher.publish(deleted("two"))
    await publisher.publish_all([deleted("one"), deleted("two"), deleted("three")])
    await publisher.publish_all([deleted("one"), deleted("two"), deleted("three")])
    assert 4 == await publisher.publish(deleted("four"))


async def test_an_empty_batch_and_one_over_the_servers_limit_are_batches_too(publisher):
    await publisher.publish_all([])
    await publisher.publish_all([deleted(str(number)) for number in range(2001)])
    assert 2002 == await publisher.publish(deleted("last"))
