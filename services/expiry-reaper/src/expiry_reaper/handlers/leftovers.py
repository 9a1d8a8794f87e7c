"""Deletes octets in the object store that no event refers to: smtp-ingest died or gave up before its event was stored.

Octets are kept for longer than any mail may wait in the stream.
"""

from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from expiry_reaper import metrics
from mayfly.service.clock import Clock

if TYPE_CHECKING:
    from mayfly.bus.claims import Claims

_log = structlog.get_logger()
_MIN_AGE = timedelta(days=8)


class Leftovers:
    def __init__(self, claims: "Claims", clock: Clock) -> None:
        self._claims = claims
        self._clock = clock

    async def __call__(self) -> int:
        """Delete them; returns their number. Raises TransientFailure."""
        unwanted = await self._claims.unwanted(self._clock() - _MIN_AGE)
        for claim in unwanted:
            await self._claims.delete(claim)
        metrics.LEFTOVERS.inc(len(unwanted))
        if unwanted:
            _log.info("leftovers_deleted", objects=len(unwanted), octets=sum(claim.size for claim in unwanted))
        return len(unwanted)
