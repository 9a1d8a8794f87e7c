"""Limits the time for store lookups, so that a peer gets 451 instead of waiting for the driver's long timeouts."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from mayfly.failures import TransientFailure

T = TypeVar("T")


async def in_time(answer: Awaitable[T], seconds: float) -> T:
    """Await the answer. Raises TransientFailure when it takes longer than `seconds`."""
    try:
        async with asyncio.timeout(seconds):
            return await answer
    except TimeoutError as error:
        raise TransientFailure("no answer from the store in time") from error
