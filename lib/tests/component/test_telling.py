"""Control messages whose sender waits until the listeners have handled them."""

import asyncio

import pytest

from mayfly.bus.connection import connect


@pytest.fixture
async def buses(nats_url):
    async with connect(nats_url, "one") as one, connect(nats_url, "two") as two, connect(nats_url, "three") as three:
        yield one, two, three


async def test_it_returns_once_every_listener_has_handled_the_message(buses):
    sender, *listeners = buses
    handled = []

    async def handle(subject, payload):
        await asyncio.sleep(0.005 * (1 + len(handled)))
        handled.append((subject, payload))

    for listener in listeners:
        await listener.listen("test.control.told", handle)
        await listener.client.flush()
    assert 2 == await sender.tell_all("test.control.told", b"what", between=1)
    assert [("test.control.told", b"what")] * 2 == handled


async def test_without_listeners_it_returns_at_once(buses, capsys):
    async with asyncio.timeout(0.5):  # the first reply is awaited for a second
        assert 0 == await buses[0].tell_all("test.control.nobody", b"")
    assert "listeners_are_silent" not in capsys.readouterr().out


async def test_a_listener_that_does_not_answer_is_waited_for_only_so_long(buses, capsys):
    async def forever(*_):
        await asyncio.sleep(3)

    await buses[1].listen("test.control.silent", forever)
    await buses[1].client.flush()
    async with asyncio.timeout(2.5):
        assert 0 == await buses[0].tell_all("test.control.silent", b"")
    assert "listeners_are_silent" in capsys.readouterr().out
