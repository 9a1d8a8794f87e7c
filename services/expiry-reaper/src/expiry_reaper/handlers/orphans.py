"""The slow look at everything: what belongs to an inbox or a message that is no more.

Crashes leave such things, rarely. Everything is read page by page, with pauses, so that nobody feels it. What looks
like an orphan is looked at once more before it is deleted, and what is young is left alone: it may just be arriving.
"""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from expiry_reaper import metrics
from mayfly.service.clock import Clock

if TYPE_CHECKING:
    from mayfly.store.orphans import Belongings

_log = structlog.get_logger()


class Orphans:
    """`pause_seconds`: rest between pages."""

    def __init__(
        self, belongings: "Sequence[Belongings]", clock: Clock, *, left_alone: timedelta, pause_seconds: float
    ) -> None:
        self._belongings = belongings
        self._clock = clock
        self._left_alone = left_alone
        self._pause = pause_seconds

    async def __call__(self, *, remove: bool = True) -> dict[str, int]:
        """How many orphans each collection holds, or held before they were removed. Raises TransientFailure."""
        return {things.name: await self._look_through(things, remove=remove) for things in self._belongings}

    async def _look_through(self, things: "Belongings", *, remove: bool) -> int:
        found = 0
        async for page in things.pages(self._clock() - self._left_alone):
            orphans = await self._orphans(things, await self._orphans(things, page))
            found += len(orphans)
            if remove and orphans:
                await things.delete([thing_id for thing_id, _ in orphans])
                metrics.ORPHANS.labels(things.name).inc(len(orphans))
            await asyncio.sleep(self._pause)
        if found:
            _log.warning("orphans", collection=things.name, found=found, removed=remove)
        return found

    async def _orphans(self, things: "Belongings", page: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
        if not page:
            return []
        owners = await things.owners_among({owner for _, owner in page})
        return [(thing_id, owner) for thing_id, owner in page if owner not in owners]
