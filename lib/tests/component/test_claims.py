"""Octets of large mails: whole, or a failure that says whether they can still come."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from mayfly.bus import topology
from mayfly.bus.claims import CHUNKS, CLAIMS_STREAM, Claims
from mayfly.bus.connection import Bus, connect
from mayfly.events.facts import ClaimCheck
from mayfly.failures import PermanentFailure, TransientFailure

SIZES = [1, 128 * 1024, 128 * 1024 + 1, 1_000_000]


@pytest.fixture
async def bus(clean_nats: str) -> AsyncIterator[Bus]:
    async with connect(clean_nats, "test") as connected:
        await topology.ensure(connected)
        yield connected


def octets_of(size: int) -> bytes:
    return bytes(number % 251 for number in range(size))


@pytest.mark.parametrize("size", SIZES)
async def test_octets_come_back_as_they_were(bus: Bus, size: int) -> None:
    claim = await Claims(bus).put("event", octets_of(size))
    assert octets_of(size) == await Claims(bus).get(claim)


async def test_octets_of_mails_that_were_written_at_the_same_time_do_not_mix(bus: Bus) -> None:
    claims = Claims(bus)
    written = await asyncio.gather(*(claims.put(f"e{n}", bytes([n]) * 600_000) for n in range(4)))
    assert [bytes([n]) * 600_000 for n in range(4)] == [await claims.get(claim) for claim in written]


@pytest.mark.parametrize("gone", ["all", "first", "last"])
async def test_a_mail_whose_chunks_are_gone_fails_for_good_and_at_once(bus: Bus, gone: str) -> None:
    claim = await Claims(bus).put("event", octets_of(600_000))
    if gone == "all":
        await bus.jetstream.purge_stream(CLAIMS_STREAM, subject=f"{CHUNKS}>")
    else:
        state = (await bus.jetstream.stream_info(CLAIMS_STREAM)).state
        # The record of the object is the newest message.
        await bus.jetstream.delete_msg(CLAIMS_STREAM, state.first_seq if gone == "first" else state.last_seq - 1)
    async with asyncio.timeout(5):
        with pytest.raises(PermanentFailure):
            await Claims(bus).get(claim)


async def test_octets_that_are_not_those_that_were_claimed_are_refused(bus: Bus) -> None:
    await Claims(bus).put("event", octets_of(1000))
    with pytest.raises(PermanentFailure, match="incomplete"):
        await Claims(bus).get(ClaimCheck("event", 1001))


async def test_an_object_that_never_was_is_gone(bus: Bus) -> None:
    with pytest.raises(PermanentFailure, match="gone"):
        await Claims(bus).get(ClaimCheck("event", 1))


async def test_while_the_bucket_is_not_there_its_octets_may_still_come(bus: Bus) -> None:
    claim = await Claims(bus).put("event", octets_of(1000))
    await bus.jetstream.delete_stream(CLAIMS_STREAM)
    with pytest.raises(TransientFailure):
        await Claims(bus).get(claim)


async def test_a_broker_that_is_away_is_no_loss_of_octets(bus: Bus) -> None:
    claim = await Claims(bus).put("event", octets_of(1000))
    await bus.client.close()
    with pytest.raises(TransientFailure):
        await Claims(bus).get(claim)
