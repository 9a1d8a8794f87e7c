"""Makes the awaited handle of an inbox in a fixture that is not async, so that it suits any plugin for async tests."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from mayfly_mail import AsyncInbox, AsyncMayfly, Inbox

T = TypeVar("T")


def awaited(client: AsyncMayfly, inbox: Inbox) -> AsyncInbox:
    """Return the awaited handle of an inbox, for whichever loop the test runs in."""

    async def opened() -> AsyncInbox:
        return await client.open(inbox.id)

    return in_a_loop_of_its_own(opened())


def in_a_loop_of_its_own(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine in another thread: in this one a loop may be running already, such as Playwright's."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()
