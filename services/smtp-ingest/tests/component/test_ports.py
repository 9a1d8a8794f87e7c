"""The ports of smtp-ingest."""

import asyncio

import pytest

from smtp_ingest.app import build
from smtp_ingest.settings import Settings

pytestmark = pytest.mark.xdist_group("smtp")


async def _greeting(port):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    line = await reader.readline()
    writer.close()
    await writer.wait_closed()
    return line[:4]


async def test_every_port_is_open_before_the_process_says_that_it_is_ready(
    mongo_uri, mongo_database, nats_url, free_ports
):
    ports = free_ports.take(), free_ports.take()
    servers = {"mongo_uri": mongo_uri, "mongo_database": mongo_database, "nats_url": nats_url}
    async with build(Settings(**servers, smtp_port=ports[0], mailpit_smtp_port=ports[1])) as component:
        assert [b"220 ", b"220 "] == [await _greeting(port) for port in ports]
        stop = asyncio.Event()
        stop.set()
        await component.tasks["smtp"](stop)
