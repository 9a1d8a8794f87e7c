"""Finds and deletes documents whose inbox or message no longer exists, such as a crash may leave behind.

Reads whole collections page by page, with pauses to keep the load low. Owners are looked up twice before anything is
deleted, and documents younger than `min_age` are skipped, because their owner may just be arriving.
"""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from expiry_reaper import metrics
from mayfly.service.clock import Clock

if TYPE_CHECKING:
    from mayfly.store.orphans import OwnedDocuments

_log = structlog.get_logger()


class Orphans:
    """`min_age`: age below which documents are skipped. `pause_seconds`: pause between pages."""

    def __init__(
        self, collections: "Sequence[OwnedDocuments]", clock: Clock, *, min_age: timedelta, pause_seconds: float
    ) -> None:
        self._collections = collections
        self._clock = clock
        self._min_age = min_age
        self._pause = pause_seconds

    async def __call__(self, *, remove: bool = True) -> dict[str, int]:
        """Number of orphans by collection, deleted if `remove`. Raises TransientFailure."""
        return {documents.name: await self._check(documents, remove=remove) for documents in self._collections}

    async def _check(self, documents: "OwnedDocuments", *, remove: bool) -> int:
        found = 0
        async for page in documents.pages(self._clock() - self._min_age):
            orphans = await self._orphans(documents, await self._orphans(documents, page))
            found += len(orphans)
            if remove and orphans:
                await documents.delete([document_id for document_id, _ in orphans])
                metrics.ORPHANS.labels(documents.name).inc(len(orphans))
            await asyncio.sleep(self._pause)
        if found:
            _log.warning("orphans", collection=documents.name, found=found, removed=remove)
        return found

    async def _orphans(self, documents: "OwnedDocuments", page: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
        if not page:
            return []
        owners = await documents.owners_among({owner for _, owner in page})
        return [(document_id, owner) for document_id, owner in page if owner not in owners]
