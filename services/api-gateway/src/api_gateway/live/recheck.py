"""Checks the credentials of a live call again while it lasts: before mail is sent, and as soon as they change.

Made by live.rechecking.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AbstractContextManager
from typing import Any, Self, TypeVar

from api_gateway.edge.caller import Caller
from api_gateway.edge.credential_changes import CredentialChanges
from api_gateway.refusals import Forbidden, Unauthorized
from mayfly.failures import TransientFailure

T = TypeVar("T")
_AGAIN_SECONDS = 1.0


class Recheck:
    """The credentials of one live call. Enter it for as long as the call lasts, so that it hears of changes.

    `identify`: raises Unauthorized or Forbidden once the credentials have been taken away. A channel that is idle costs
    no task.
    """

    def __init__(self, identify: Callable[[], Awaitable[object]], caller: Caller, changes: CredentialChanges) -> None:
        self._identify = identify
        self._names = caller.depends_on
        self._changes = changes
        self._refusal: Unauthorized | Forbidden | None = None
        self._patience: asyncio.Timeout | None = None
        self._looking: asyncio.Task[None] | None = None
        self._is_due = False
        self._following: AbstractContextManager[None] | None = None

    async def __call__(self) -> None:
        """Raise Unauthorized or Forbidden if the credentials are revoked; usually answered from the cache."""
        await self._identify()

    def __enter__(self) -> Self:
        self._following = self._changes.follow(self._names, self._look_soon)
        self._following.__enter__()
        if self._names:
            self._look_soon()  # they may have changed between the admission of the call and now
        return self

    def __exit__(self, *_: object) -> None:
        if self._following is not None:
            self._following.__exit__(None, None, None)
        if self._looking is not None:
            self._looking.cancel()

    async def during(self, work: Coroutine[Any, Any, T]) -> T:
        """The result of `work`. Raises Unauthorized or Forbidden once the credentials are revoked: `work` has ended."""
        if self._refusal is not None:
            work.close()
            raise self._refusal
        try:
            async with asyncio.timeout(None) as self._patience:
                return await work
        except TimeoutError:
            if self._refusal is None:
                raise
            raise self._refusal from None
        finally:
            self._patience = None

    async def throughout(self, work: Coroutine[Any, Any, T]) -> T:
        """As `during`, for a call that consists of this work."""
        with self:
            return await self.during(work)

    def _look_soon(self) -> None:
        self._is_due = True
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())

    async def _look(self) -> None:
        while self._is_due and self._refusal is None:
            self._is_due = False
            try:
                async with self._changes.looks:
                    await self._identify()
            except (Unauthorized, Forbidden) as refusal:
                self._refuse(refusal)
            except TransientFailure:
                self._is_due = True  # nothing is sent either until the store answers
                await asyncio.sleep(_AGAIN_SECONDS)

    def _refuse(self, refusal: Unauthorized | Forbidden) -> None:
        self._refusal = refusal
        if self._patience is not None:
            self._patience.reschedule(asyncio.get_running_loop().time())
