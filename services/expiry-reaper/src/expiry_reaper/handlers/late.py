"""Deletes mail that was stored while its inbox was being emptied.

The parser checks that an inbox is live and then writes; the reaper may empty the inbox between the two. So the ids of
emptied inboxes are kept for longer than a write can take, and then their contents are deleted again. What a crash
forgets or comes even later is found by handlers.orphans.
"""

from collections import deque
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog

from expiry_reaper import metrics
from mayfly.service.clock import Clock

if TYPE_CHECKING:
    from mayfly.store.messages import Messages
    from mayfly.store.octets import Octets

_log = structlog.get_logger()
_PATIENCE = timedelta(seconds=90)  # many times what the parser takes between check and write
_LIMIT = 10_000  # ids in one operation


class LateMail:
    def __init__(self, messages: "Messages", octets: "Octets", clock: Clock) -> None:
        self._messages = messages
        self._octets = octets
        self._clock = clock
        self._watched: deque[tuple[datetime, Sequence[str]]] = deque()

    def watch(self, inbox_ids: Sequence[str], emptied_at: datetime) -> None:
        self._watched.append((emptied_at + _PATIENCE, inbox_ids))

    async def __call__(self) -> int:
        """Delete late mail of inboxes emptied over 90 s ago; returns the message count. Raises TransientFailure."""
        return await self._delete_due(self._clock())

    async def _delete_due(self, until: datetime) -> int:
        found = 0
        while self._watched and self._watched[0][0] <= until:
            ids: list[str] = []
            batches = 0
            for due, more in self._watched:
                if due > until or len(ids) + len(more) > _LIMIT:
                    break
                ids += more
                batches += 1
            found += await self._messages.delete_of_inboxes(ids)
            await self._octets.delete_of_inboxes(ids)
            for _ in range(batches):
                self._watched.popleft()
        if found:
            metrics.LATE.inc(found)
            _log.info("late_mail_deleted", messages=found)
        return found
