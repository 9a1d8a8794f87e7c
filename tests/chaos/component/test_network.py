"""The doors of `make chaos`, with real sockets: what each rule does to the connections between two ends."""

import asyncio
import os
import time
from contextlib import asynccontextmanager, suppress

import pytest

from chaos.network import DELAY_SECONDS, Network, Rule
from mayfly_local.ports import Ports

HERE, THERE = "parser", "mongod-1"


@asynccontextmanager
async def echo_behind_a_door():
    """Yield the network and a function that connects through its door; behind it, every line comes back."""
    ports = Ports()
    near, far = ports.take(), ports.take()

    async def echo(reader, writer):
        try:
            with suppress(OSError):
                while line := await reader.readline():
                    writer.write(line)
        finally:
            writer.close()

    network = Network(lambda: {os.getpid(): HERE})
    server = await asyncio.start_server(echo, "127.0.0.1", far)
    await network.open(THERE, near, far)
    clients = []

    async def connect():
        clients.append(await asyncio.open_connection("127.0.0.1", near))
        return clients[-1]

    try:
        yield network, connect
    finally:
        await network.close()
        server.close()
        for _, writer in clients:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()
        ports.release()


async def ask(reader, writer, line=b"hello\n", seconds=2.0):
    writer.write(line)
    return await asyncio.wait_for(reader.readline(), seconds)


def rule(mode, here=HERE, there=THERE):
    return Rule(mode, frozenset({here}), frozenset({there}))


async def test_without_a_rule_everything_goes_through():
    async with echo_behind_a_door() as (_, connect):
        assert await ask(*await connect()) == b"hello\n"


async def test_a_cut_holds_back_what_is_sent_and_lets_it_go_on_afterwards():
    async with echo_behind_a_door() as (network, connect):
        reader, writer = await connect()
        assert await ask(reader, writer) == b"hello\n"
        cut = rule("cut")
        network.impose(cut)
        with pytest.raises(TimeoutError):
            await ask(reader, writer, b"during\n", 0.2)
        network.lift(cut)
        assert await asyncio.wait_for(reader.readline(), 2) == b"during\n"


async def test_a_cut_holds_back_new_connections_too():
    async with echo_behind_a_door() as (network, connect):
        cut = rule("cut")
        network.impose(cut)
        reader, writer = await connect()
        with pytest.raises(TimeoutError):
            await ask(reader, writer, seconds=0.2)
        network.lift(cut)
        assert await asyncio.wait_for(reader.readline(), 2) == b"hello\n"


async def test_half_open_lets_requests_through_and_answers_never():
    async with echo_behind_a_door() as (network, connect):
        reader, writer = await connect()
        assert await ask(reader, writer) == b"hello\n"
        half = rule("half-open")
        network.impose(half)
        with pytest.raises(TimeoutError):
            await ask(reader, writer, seconds=0.2)
        network.lift(half)
        with pytest.raises(ConnectionResetError):
            await asyncio.wait_for(reader.readline(), 2)


async def test_reset_ends_open_connections_and_new_ones():
    async with echo_behind_a_door() as (network, connect):
        reader, writer = await connect()
        assert await ask(reader, writer) == b"hello\n"
        network.impose(rule("reset"))
        with pytest.raises(ConnectionResetError):
            await asyncio.wait_for(reader.readline(), 2)
        with pytest.raises(ConnectionResetError):
            await ask(*await connect())


async def test_delay_makes_both_directions_slower():
    async with echo_behind_a_door() as (network, connect):
        reader, writer = await connect()
        assert await ask(reader, writer) == b"hello\n"
        network.impose(rule("delay"))
        begun = time.monotonic()
        assert await ask(reader, writer) == b"hello\n"
        assert time.monotonic() - begun >= 2 * DELAY_SECONDS


async def test_a_rule_for_others_changes_nothing():
    async with echo_behind_a_door() as (network, connect):
        network.impose(rule("cut", here="api-gateway"))
        network.impose(rule("cut", there="nats-1"))
        assert await ask(*await connect()) == b"hello\n"


def test_a_member_that_is_cut_off_is_reached_by_nobody_and_still_reaches_itself():
    cut = Rule("cut", frozenset({"mongod-1"}), frozenset({"mongod-2", "mongod-3"}))
    assert cut.covers("mongod-1", "mongod-2")
    assert cut.covers("mongod-3", "mongod-1")
    assert not cut.covers("mongod-1", "mongod-1")
    assert not cut.covers("mongod-2", "mongod-3")
