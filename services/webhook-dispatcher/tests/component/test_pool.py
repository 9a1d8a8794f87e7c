"""Connections are kept for the next request, and for no longer than they are good."""

import asyncio

import pytest

from mayfly.webhooks.destinations import parse_policy
from webhook_dispatcher.adapters.connections import CheckedBackend
from webhook_dispatcher.adapters.pool import Connections
from webhook_dispatcher.adapters.sender import HttpSender, open_sender

from .receiver import OK, answer, receiving
from .test_sender import LOOPBACK, Names, at_once


@pytest.fixture
async def sender():
    async with open_sender(LOOPBACK, "", Names("127.0.0.1"), at_once) as made:
        yield made


async def post(sender: HttpSender, url: str):
    return await sender.send(url, {}, b"{}", 5)


async def test_one_after_the_other_takes_one_connection_whatever_the_path(sender):
    async with receiving() as receiver:
        for path in ("a", "b", "c"):
            assert (await post(sender, f"http://127.0.0.1:{receiver.port}/{path}")).is_success
    assert 1 == receiver.connections


async def test_each_destination_has_connections_of_its_own(sender):
    async with receiving() as one, receiving() as other:
        for receiver in (one, other, one, other):
            assert (await post(sender, receiver.url)).is_success
    assert (1, 1) == (one.connections, other.connections)


async def test_a_connection_that_the_receiver_will_close_is_not_used_again(sender):
    async with receiving(lambda _: answer(200, "Connection: close\r\n")) as receiver:
        assert (await post(sender, receiver.url)).is_success
        receiver.reply = lambda _: OK
        assert (await post(sender, receiver.url)).is_success
    assert 2 == receiver.connections


async def test_a_connection_that_the_receiver_closed_meanwhile_without_a_word_is_not_used_again(sender):
    closed = asyncio.Queue()

    async def once(reader, writer):
        await reader.readuntil(b"{}")
        writer.write(OK)
        writer.close()
        await writer.wait_closed()
        closed.put_nowait(None)

    async with await asyncio.start_server(once, "127.0.0.1", 0) as server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        for _ in range(3):
            assert (await post(sender, url)).is_success
            await closed.get()


async def test_a_connection_whose_answer_did_not_end_is_closed(sender):
    async with receiving(lambda _: answer(200, body=b"x" * 200_000)) as receiver:
        assert (await post(sender, receiver.url)).is_success
        assert (await post(sender, receiver.url)).is_success
    assert 2 == receiver.connections


async def test_those_that_are_too_many_or_too_old_are_closed():
    class Now:
        seconds = 0.0

        def __call__(self) -> float:
            return self.seconds

    now, names, policy = Now(), Names("127.0.0.1"), parse_policy(["127.0.0.0/8"])
    connections = Connections({"http": CheckedBackend(policy, names, "http")}, None, max_idle=2, now=now)
    sender = HttpSender(policy, connections, at_once)
    async with receiving() as a, receiving() as b, receiving() as c:
        for receiver in (a, b, c):
            await post(sender, receiver.url)
        assert 2 == len(connections._idle)
        now.seconds = 15.0
        await post(sender, c.url)
        assert 1 == len(connections._idle), "only the one that was just used"
    await connections.aclose()
    assert (0, {}) == (len(connections._idle), connections._at)
