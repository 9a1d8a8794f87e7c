"""The ports of a gateway: in which order they open."""

import asyncio
import socket

import httpx
import pytest

from mayfly.failures import TransientFailure

from ..conftest import NO_TLS, running  # noqa: TID252 - tests are no installed package


async def _listening(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except ConnectionRefusedError:
        return False
    writer.close()
    return True


async def test_the_public_port_opens_after_all_others(settings_of, free_ports):
    with socket.create_server(("127.0.0.1", free_ports.take())) as taken:
        settings = settings_of(mailpit_http_port=taken.getsockname()[1])
        with pytest.raises(TransientFailure, match="cannot serve HTTP"):
            async with running(settings):
                pass
        assert not await _listening(settings.http_port)


async def test_a_gateway_that_says_ready_serves_every_port(start_gateway, free_ports):
    admin, mailpit = free_ports.take(), free_ports.take()
    gateway = await start_gateway(MAYFLY_ADMIN_PORT=str(admin), MAYFLY_MAILPIT_HTTP_PORT=str(mailpit))
    async with httpx.AsyncClient(verify=NO_TLS, trust_env=False) as http:
        for port in (gateway.port, admin, mailpit):
            assert 200 == (await http.get(f"http://127.0.0.1:{port}/health")).status_code
