"""Progress while a tool waits: a client that asked for it learns that the call is alive, and may wait longer itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import anyio
from mcp.server.mcpserver.context import Context

INTERVAL = 5.0


@asynccontextmanager
async def progress(context: Context, what: str, seconds: float) -> AsyncIterator[None]:
    """Report at once and then every five seconds until the block ends, to a client that asked for it."""
    reports = asyncio.create_task(_report(context, what, seconds))
    try:
        yield
    finally:
        reports.cancel()
        with suppress(asyncio.CancelledError):
            await reports


async def _report(context: Context, what: str, seconds: float) -> None:
    clock = asyncio.get_running_loop().time
    begun = clock()
    with suppress(anyio.BrokenResourceError, anyio.ClosedResourceError):  # the client has gone
        while True:
            elapsed = min(clock() - begun, seconds)
            await context.report_progress(round(elapsed, 1), seconds, f"{what}: {elapsed:.0f} of {seconds:g} s")
            await asyncio.sleep(INTERVAL)
