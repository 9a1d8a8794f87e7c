"""The probe server of every process: /livez (the event loop runs), /readyz (dependencies answer), /metrics.

/livez does not depend on broker or store, because restarting this process would not repair them.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping, MutableMapping
from contextlib import asynccontextmanager
from typing import Any

import msgspec
from granian.constants import Interfaces
from granian.server.embed import Server
from prometheus_client import make_asgi_app

from mayfly.failures import Failure
from mayfly.service.http_server import NO_PRODUCT

Check = Callable[[], Coroutine[Any, Any, None]]
_CHECK_SECONDS = 2.0
_Scope = MutableMapping[str, Any]


class Readiness:
    """Ready from the end of start-up until shutdown begins, while every check passes."""

    def __init__(self) -> None:
        self.open = False
        self.checks: Mapping[str, Check] = {}

    async def faults(self) -> dict[str, str]:
        """Why the process is not ready, by name of the check; empty when it is ready."""
        if not self.open:
            return {"lifecycle": "starting or stopping"}
        results = await asyncio.gather(*(self._run(check) for check in self.checks.values()))
        return {name: fault for name, fault in zip(self.checks, results, strict=True) if fault}

    async def _run(self, check: Check) -> str | None:
        try:
            async with asyncio.timeout(_CHECK_SECONDS):
                await check()
        except Failure as failure:
            return failure.reason
        except TimeoutError:
            return f"no answer within {_CHECK_SECONDS:g} s"
        return None


@asynccontextmanager
async def serve(address: str, port: int, readiness: Readiness) -> AsyncIterator[None]:
    """Answer probes for as long as the context lasts."""
    server = Server(_application(readiness), address, port, interface=Interfaces.ASGINL, log_enabled=False)
    task = asyncio.create_task(server.serve())
    try:
        yield
    finally:
        server.stop()
        await asyncio.wait({task}, timeout=2)
        task.cancel()


def _application(readiness: Readiness) -> Callable[..., Awaitable[None]]:
    metrics = make_asgi_app()

    async def application(scope: _Scope, receive: Callable[..., Any], send: Callable[..., Any]) -> None:
        send = _without_product(send)
        match scope["path"]:
            case "/livez":
                await _answer(send, 200, {"live": True})
            case "/readyz":
                faults = await readiness.faults()
                await _answer(send, 503 if faults else 200, {"ready": not faults, "faults": faults})
            case "/metrics":
                await metrics(scope, receive, send)
            case _:
                await _answer(send, 404, {"error": "not_found", "message": "/livez, /readyz or /metrics"})

    return application


def _without_product(send: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    async def send_anonymously(message: _Scope) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], NO_PRODUCT]
        await send(message)

    return send_anonymously


async def _answer(send: Callable[..., Any], status: int, body: object) -> None:
    headers = [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": msgspec.json.encode(body)})
