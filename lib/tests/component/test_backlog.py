"""What is received and not yet parsed, in all and for one inbox."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from mayfly.bus import topology
from mayfly.bus.backlog import Backlog, MailBacklog
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
    assert await backlog.is_drained_of("mine", up_to=0)


async def test_it_is_drained_when_all_up_to_there_is_gone_whatever_came_since(bus):
    backlog = MailBacklog(bus)
    first = await receive(bus, "mine")
    assert first == await backlog.newest()
    assert not await backlog.is_drained(first)
    await receive(bus, "mine")
    await bus.jetstream.delete_msg("MAIL", first)
    assert await backlog.is_drained(first)
    assert await backlog.is_drained_of("mine", up_to=first)


async def test_mail_for_others_does_not_count_for_one_inbox(bus):
    backlog = MailBacklog(bus)
    await receive(bus, "other")
    last = await receive(bus, "third", "other")
    assert not await backlog.is_drained(last)
    assert await backlog.is_drained_of("mine", up_to=last)
    last = await receive(bus, "other", "mine")
    assert not await backlog.is_drained_of("mine", up_to=last)


async def test_more_mail_than_is_read_at_once_is_called_drained_only_once_all_was_read(bus):
    backlog = MailBacklog(bus)
    for _ in range(40):
        last = await receive(bus, "other")
    assert [False, False, True, True] == [await backlog.is_drained_of("mine", up_to=last) for _ in range(4)]
    assert not await backlog.is_drained_of("other", up_to=last)


async def test_mail_that_was_read_before_counts_until_it_is_gone(bus):
    backlog = MailBacklog(bus)
    await receive(bus, "other")
    last = await receive(bus, "mine")
    await receive(bus, "mine")
    assert not await backlog.is_drained_of("mine", up_to=last)
    await bus.jetstream.delete_msg("MAIL", last)
    assert await backlog.is_drained_of("mine", up_to=last)
    assert not await backlog.is_drained_of("mine", up_to=last + 1)


async def test_what_was_read_of_a_stream_is_forgotten_when_it_is_made_anew(bus):
    backlog = MailBacklog(bus)
    for _ in range(3):
        last = await receive(bus, "other")
    await backlog.look()
    assert await backlog.is_drained_of("mine", up_to=last)
    await bus.jetstream.delete_stream("MAIL")
    await topology.ensure(bus)
    await receive(bus, "mine")
    await backlog.look()
    last = await receive(bus, "mine")
    assert not await backlog.is_drained_of("mine", up_to=last)


async def test_what_is_received_and_settled_is_one_look(bus):
    backlog = MailBacklog(bus)
    assert Backlog(0, 0) == await backlog.look()
    first = await receive(bus, "mine")
    second = await receive(bus, "mine")
    assert Backlog(second, 0) == await backlog.look()
    await bus.jetstream.delete_msg("MAIL", first)
    assert Backlog(second, first) == await backlog.look()
    await bus.jetstream.delete_msg("MAIL", second)
    assert Backlog(second, second) == await backlog.look()
