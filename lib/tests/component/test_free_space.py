"""Whether little room is left, on a real broker with a small limit and on a real store's disk."""

import shutil
from collections.abc import AsyncIterator

import pytest

from mayfly.bus import topology
from mayfly.bus.claims import Claims
from mayfly.bus.connection import Bus
from mayfly.bus.connection import connect as connect_bus
from mayfly.service.free_space import FreeSpace
from mayfly.service.metrics import ANONYMOUS_MAIL_WAITS
from mayfly.store import disk
from mayfly.store.client import Database, connect

MIB = 1024 * 1024


@pytest.fixture
async def bus(clean_nats: str) -> AsyncIterator[Bus]:
    async with connect_bus(clean_nats, "test") as connected:
        await topology.ensure(connected)
        yield connected


@pytest.fixture
async def database(mongo_uri: str, mongo_database: str) -> AsyncIterator[Database]:
    async with connect(mongo_uri, mongo_database, "test") as connected:
        yield connected


@pytest.fixture
async def mongo_path(database: Database) -> str:
    options = await database.client.admin.command("getCmdLineOpts")
    return options["parsed"]["storage"]["dbPath"]


async def limit_mail(bus: Bus, octets: int) -> None:
    config = (await bus.jetstream.stream_info("MAIL")).config
    await bus.jetstream.update_stream(config, max_bytes=octets)


async def is_low(bus: Bus, database: Database, floor: int) -> bool:
    free = FreeSpace(bus, database, floor)
    await free.look()
    assert free.is_low == ANONYMOUS_MAIL_WAITS._value.get()
    return free.is_low


async def test_the_broker_is_low_when_waiting_mail_leaves_less_than_the_floor_of_its_limit(bus, database):
    await limit_mail(bus, 2 * MIB)
    assert not await is_low(bus, database, MIB)
    claim = await Claims(bus).put("e1", b"x" * (2 * MIB - 100_000))
    assert await is_low(bus, database, MIB)
    assert not await is_low(bus, database, 0)
    await Claims(bus).delete(claim)
    assert not await is_low(bus, database, MIB)


async def test_a_limit_smaller_than_the_floor_is_not_low_while_it_is_empty(bus, database):
    await limit_mail(bus, 2 * MIB)
    assert not await is_low(bus, database, 1024 * MIB)


async def test_a_stream_without_a_limit_is_never_low(bus, database):
    await limit_mail(bus, -1)
    assert not await is_low(bus, database, MIB)


async def test_the_store_tells_the_room_of_its_disk_as_a_process_without_privileges_has_it(database, mongo_path):
    await database["any"].insert_one({})
    free, total = await disk.room(database)
    known = shutil.disk_usage(mongo_path)
    assert known.total == total
    # Without the part that the file system reserves for root.
    assert abs(known.free - free) < 1024 * MIB


class Managed:
    """A store that tells nothing of its disk, as some managed ones."""

    async def command(self, _name):
        return {"dataSize": 1, "totalSize": 1}


class Full(Managed):
    async def command(self, _name):
        return {"fsUsedSize": 99 * MIB, "fsTotalSize": 100 * MIB}


async def test_a_store_that_does_not_tell_is_never_low_and_a_full_one_is(bus):
    assert not await is_low(bus, Managed(), MIB)
    assert await is_low(bus, Full(), 10 * MIB)
    assert not await is_low(bus, Full(), MIB)
