"""The second look: mail that was on its way while its inbox was emptied.

The parser asks whether an inbox is live, then writes; between the two the reaper may have passed. What is written
then belongs to nothing. So the ids of emptied inboxes are remembered for longer than a write can take, and looked
through once more. What is forgotten by a crash, or comes later still, handlers.orphans finds.
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
_PATIENCE = timedelta(seconds=90)  # many times what the parser takes between its question and its write
_LIMIT = 10_000  # ids in one look


class LateMail:
    def __init__(self, messages: "Messages", octets: "Octets", clock: Clock) -> None:
        self._messages = messages
        self._octets = octets
        self._clock = clock
        self._watched: deque[tuple[datetime, Sequence[str]]] = deque()

    def watch(self, inbox_ids: Sequence[str], emptied_at: datetime) -> None:
        self._watched.append((emptied_at + _PATIENCE, inbox_ids))

    async def __call__(self) -> int:
        """Delete what came late to inboxes whose time is up; returns how many messages. Raises TransientFailure."""
        return await self._look(self._clock())

    async def _look(self, until: datetime) -> int:
        found = 0
        while self._watched and self._watched[0][0] <= until:
            ids: list[str] = []
            looked_at = 0
            for due, more in self._watched:
                if due > until or len(ids) + len(more) > _LIMIT:
                    break
                ids += more
                looked_at += 1
            found += await self._messages.delete_of_inboxes(ids)
            await self._octets.delete_of_inboxes(ids)
            for _ in range(looked_at):
                self._watched.popleft()
        if found:
            metrics.LATE.inc(found)
            _log.info("late_mail_deleted", messages=found)
        return found
