"""The store answers in time, or the peer hears 451: nobody waits for a driver's own long timeouts."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from mayfly.failures import TransientFailure

T = TypeVar("T")


async def in_time(answer: Awaitable[T], seconds: float) -> T:
    """The answer. Raises TransientFailure when it takes longer."""
    try:
        async with asyncio.timeout(seconds):
            return await answer
    except TimeoutError as error:
        raise TransientFailure("no answer from the store in time") from error
