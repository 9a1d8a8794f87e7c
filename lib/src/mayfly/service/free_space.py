"""Watches how much room store and broker have left, so that mail for inboxes without an account waits first.

Used by smtp-ingest (451) and api-gateway (503). Of the store: free space of mongod's disk, as `dbStats` tells it; a
store that does not tell it (some managed ones) never counts as low. Of the broker: what its limit for waiting mail
leaves; octets of large mails count too, which are in an object store of their own. The broker does not tell the free
space of its disk: keep its limits below it.
"""

import structlog

from mayfly.bus import depths
from mayfly.bus.connection import Bus
from mayfly.service.metrics import ANONYMOUS_MAIL_WAITS
from mayfly.store import disk
from mayfly.store.client import Database

SECONDS = 10.0
"""Interval at which to look."""
# However large the floor is, this share of a small disk or stream is enough.
_SHARE = 8

_log = structlog.get_logger()


class FreeSpace:
    """`floor`: octets that must be free, of store and broker each; 0: no limit."""

    def __init__(self, bus: Bus, database: Database, floor: int) -> None:
        self._bus = bus
        self._database = database
        self._floor = floor
        self.is_low = False

    async def look(self) -> None:
        """Read both, and set `is_low`. Raises TransientFailure, and leaves it unchanged."""
        store, broker = await disk.room(self._database), await depths.room_for_mail(self._bus)
        lacking = [where for where, room in (("store", store), ("broker", broker)) if room and self._is_low(*room)]
        if lacking and not self.is_low:
            _log.warning("anonymous_mail_waits", low=lacking, floor_octets=self._floor)
        self.is_low = bool(lacking)
        ANONYMOUS_MAIL_WAITS.set(self.is_low)

    def _is_low(self, free: int, total: int) -> bool:
        return free < min(self._floor, total // _SHARE)
