"""What tests of both halves of the client share: `Mayfly` and `AsyncMayfly` are used alike."""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import AsyncIterator
from typing import Any

import pytest

from mayfly_mail import AsyncMayfly, Mayfly

HALVES = pytest.mark.parametrize("kind", [Mayfly, AsyncMayfly])


async def health(client: Any) -> str:
    result = client.health()
    return (await result if inspect.isawaitable(result) else result).status


@contextlib.asynccontextmanager
async def entering(manager: Any) -> AsyncIterator[Any]:
    """Enter a context manager of either half."""
    if hasattr(manager, "__aenter__"):
        async with manager as entered:
            yield entered
    else:
        with manager as entered:
            yield entered


async def close(client: Any) -> None:
    result = client.close()
    if inspect.isawaitable(result):
        await result
