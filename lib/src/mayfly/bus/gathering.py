"""Publishes facts so that those of a burst share a disk write; a fact that comes alone waits for nothing (ADR 0021).

The broker syncs each single publish to disk, one after the other, and an atomic batch once. A batch has a price of its
own (six syncs, and each octet is written twice), so few facts at once are published singly.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from typing import Generic, Protocol, TypeVar

from mayfly.events import facts
from mayfly.failures import Failure

SINGLES = 4
"""Single publishes at once; what comes beyond them waits for one of them to end."""
LEAST = 8
"""Facts that are worth a batch (ADR 0021 has the measurements)."""
BATCH_OCTETS = 4 * 1024 * 1024

F = TypeVar("F", bound=facts.Fact)
F_contra = TypeVar("F_contra", bound=facts.Fact, contravariant=True)


class _Publisher(Protocol[F_contra]):
    async def publish(self, fact: F_contra) -> int: ...
    async def publish_each(self, batch: Sequence[F_contra]) -> list[Failure | None]: ...


class Gathering(Generic[F]):
    """`octets`: about how many a fact has. A batch has at most `BATCH_OCTETS`, or a single fact."""

    def __init__(self, publisher: _Publisher[F], octets: Callable[[F], int]) -> None:
        self._publisher = publisher
        self._octets = octets
        # A future tells that the fact is published (True), or that it is its caller's turn to publish it (False).
        self._waiting: deque[tuple[F, asyncio.Future[bool]]] = deque()
        self._singles = 0
        self._batch: asyncio.Task[None] | None = None

    async def publish(self, fact: F) -> None:
        """Publish and wait for the ack. Raises TransientFailure without an ack, StorageFull without room."""
        if self._batch is not None or self._waiting or self._singles >= SINGLES:
            future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
            self._waiting.append((fact, future))
            try:
                if await future:
                    return
            except asyncio.CancelledError:
                if future.done() and not future.cancelled() and not future.exception() and not future.result():
                    self._end_single()
                raise
        else:
            self._singles += 1
        try:
            await self._publisher.publish(fact)
        finally:
            self._end_single()

    def _end_single(self) -> None:
        self._singles -= 1
        self._send_on()

    def _send_on(self) -> None:
        """Send what waits: as one batch if that is worth it, else singly, as many as may be at once."""
        if self._batch is not None:
            return
        while self._waiting and self._waiting[0][1].done():  # its caller is gone
            self._waiting.popleft()
        if len(self._waiting) >= LEAST:
            self._batch = asyncio.create_task(self._publish_together(self._next_batch()))
            return
        while self._waiting and self._singles < SINGLES:
            _, future = self._waiting.popleft()
            if not future.done():
                self._singles += 1
                future.set_result(False)

    def _next_batch(self) -> list[tuple[F, "asyncio.Future[bool]"]]:
        batch = [self._waiting.popleft()]
        octets = self._octets(batch[0][0])
        while self._waiting and octets + (more := self._octets(self._waiting[0][0])) <= BATCH_OCTETS:
            batch.append(self._waiting.popleft())
            octets += more
        return [(fact, future) for fact, future in batch if not future.done()]

    async def _publish_together(self, batch: Sequence[tuple[F, "asyncio.Future[bool]"]]) -> None:
        try:
            outcomes: Sequence[Exception | None] = await self._publisher.publish_each([fact for fact, _ in batch])
        except Exception as error:  # noqa: BLE001 - raised again in every caller
            outcomes = [error] * len(batch)
        for (_, future), failure in zip(batch, outcomes, strict=True):
            if future.done():
                continue
            if failure is None:
                future.set_result(True)
            else:
                future.set_exception(failure)
        self._batch = None
        self._send_on()
