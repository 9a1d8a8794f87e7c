"""Octets in the object store whose mail is gone: smtp-ingest died between the octets and the event, or gave up.

Nobody deletes them but this. They are left alone for longer than any mail may wait in the stream.
"""

from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from expiry_reaper import metrics
from mayfly.service.clock import Clock

if TYPE_CHECKING:
    from mayfly.bus.claims import Claims

_log = structlog.get_logger()
_LEFT_ALONE = timedelta(days=8)


class Leftovers:
    def __init__(self, claims: "Claims", clock: Clock) -> None:
        self._claims = claims
        self._clock = clock

    async def __call__(self) -> int:
        """Delete them; returns how many there were. Raises TransientFailure."""
        unwanted = await self._claims.unwanted(self._clock() - _LEFT_ALONE)
        for claim in unwanted:
            await self._claims.delete(claim)
        metrics.LEFTOVERS.inc(len(unwanted))
        if unwanted:
            _log.info("leftovers_deleted", objects=len(unwanted), octets=sum(claim.size for claim in unwanted))
        return len(unwanted)
