"""Deletes octets in the object store that no mail and no dead letter refers to (mayfly.bus.leftovers)."""

from typing import TYPE_CHECKING

import structlog

from expiry_reaper import metrics

if TYPE_CHECKING:
    from mayfly.bus import leftovers

_log = structlog.get_logger()


class Leftovers:
    def __init__(self, found: "leftovers.Leftovers") -> None:
        self._leftovers = found

    async def __call__(self, *, remove: bool = True) -> int:
        """The number of leftovers, deleted if `remove`. Raises TransientFailure."""
        found = 0
        async for leftover in self._leftovers.find():
            found += 1
            if remove:
                await self._leftovers.remove(leftover)
                metrics.LEFTOVERS.inc()
        if found:
            _log.info("leftovers", found=found, removed=remove)
        return found
