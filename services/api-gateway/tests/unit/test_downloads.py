"""Downloads: their octets are in the budget until the client has read them, and who does not read them loses them."""

import asyncio

import pytest

from api_gateway.edge.downloads import Download
from api_gateway.edge.octet_budget import OctetBudget
from api_gateway.edge.request_body import BodyLimits
from api_gateway.refusals import LimitExceeded, NotFound

MIB = 1024 * 1024


def limits(seconds: float = 0.0, stall: float = 60.0) -> BodyLimits:
    return BodyLimits(OctetBudget(total=80 * MIB, per_holder=30 * MIB, seconds=seconds), stall)


class Client:
    """Reads `reads` messages, and then nothing more."""

    def __init__(self, reads: int = 10**6) -> None:
        self.messages = []
        self.is_stuck = asyncio.Event()
        self._reads = reads

    async def __call__(self, message) -> None:
        if len(self.messages) == self._reads:
            self.is_stuck.set()
            await asyncio.Event().wait()
        self.messages.append(message)


def start(within: BodyLimits, client: Client, size: int = 20 * MIB) -> asyncio.Task[None]:
    async def fetch() -> bytes:
        return b"x" * size

    scope = {"body_limits": within, "client": ("203.0.113.7", 1)}
    respond = Download(size, fetch, "a.bin", "application/pdf").to_asgi_response()
    return asyncio.create_task(respond(scope, None, client))


async def test_a_client_that_reads_gets_all_and_nothing_stays_in_the_budget():
    within, client = limits(), Client()
    await start(within, client, size=MIB + 1)
    head, *pieces = client.messages
    assert (b"content-length", b"%d" % (MIB + 1)) in head["headers"]
    assert b"x" * (MIB + 1) == b"".join(piece["body"] for piece in pieces)
    assert not pieces[-1]["more_body"]
    assert 0 == within.budget.held


async def test_a_client_that_does_not_read_keeps_its_next_download_out():
    within, client = limits(), Client(reads=3)
    stuck = start(within, client)
    await client.is_stuck.wait()
    assert 20 * MIB == within.budget.held
    with pytest.raises(LimitExceeded):
        await start(within, Client())
    stuck.cancel()
    await asyncio.gather(stuck, return_exceptions=True)
    assert 0 == within.budget.held


async def test_a_client_that_reads_nothing_for_some_time_is_left():
    within, client = limits(stall=0.01), Client(reads=3)
    await start(within, client)
    assert client.messages[-1]["more_body"]
    assert 0 == within.budget.held


async def test_a_client_that_was_given_up_is_left():
    within, client = limits(), Client(reads=3)
    stuck = start(within, client)
    await client.is_stuck.wait()
    for hold in list(within.budget._holds):
        hold.give_up()
    await stuck
    assert 0 == within.budget.held


async def test_what_is_not_there_is_no_download():
    async def missing() -> bytes:
        raise NotFound("no such message")

    within, client = limits(), Client()
    respond = Download(MIB, missing, "a", "text/plain").to_asgi_response()
    with pytest.raises(NotFound):
        await respond({"body_limits": within, "client": None}, None, client)
    assert [] == client.messages
    assert 0 == within.budget.held
