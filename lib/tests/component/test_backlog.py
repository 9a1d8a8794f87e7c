"""What is received and not yet parsed, in all and for one inbox."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from mayfly.bus import topology
from mayfly.bus.backlog import MailBacklog
from mayfly.bus.connection import Bus, connect
from mayfly.bus.publisher import Publisher
from mayfly.testing.builders import make_inbox, make_mail

MOMENT = datetime(2026, 11, 21, tzinfo=UTC)


@pytest.fixture
async def bus(clean_nats: str) -> AsyncIterator[Bus]:
    async with connect(clean_nats, "test") as connected:
        await topology.ensure(connected)
        yield connected


async def receive(bus: Bus, *inbox_ids: str) -> int:
    mail = make_mail(*(make_inbox(id=inbox_id) for inbox_id in inbox_ids))
    return await Publisher(bus).publish(mail)


async def test_an_empty_stream_is_drained(bus):
    backlog = MailBacklog(bus)
    assert 0 == await backlog.newest()
    assert await backlog.is_drained(0)
    assert await backlog.is_drained_of("mine", 0)


async def test_it_is_drained_when_all_up_to_there_is_gone_whatever_came_since(bus):
    backlog = MailBacklog(bus)
    first = await receive(bus, "mine")
    assert first == await backlog.newest()
    assert not await backlog.is_drained(first)
    await receive(bus, "mine")
    await bus.jetstream.delete_msg("MAIL", first)
    assert await backlog.is_drained(first)
    assert await backlog.is_drained_of("mine", first)


async def test_mail_for_others_does_not_count_for_one_inbox(bus):
    backlog = MailBacklog(bus)
    await receive(bus, "other")
    last = await receive(bus, "third", "other")
    assert not await backlog.is_drained(last)
    assert await backlog.is_drained_of("mine", last)
    last = await receive(bus, "other", "mine")
    assert not await backlog.is_drained_of("mine", last)


async def test_more_mail_than_is_looked_at_is_not_called_drained(bus):
    for _ in range(20):
        last = await receive(bus, "other")
    assert not await MailBacklog(bus).is_drained_of("mine", last)
