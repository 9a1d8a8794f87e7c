"""Decides whether an inbox is full: an exact count near the limit, a cached count below it.

The count is read from the store every 10 s while an inbox is less than half full, and at every use above that. In
between, mails accepted here are added. Mails that the parser has not stored yet are not counted, so an inbox may exceed
its limit by those.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING

from mayfly.service.coalescer import Coalescer
from smtp_ingest.handlers.waiting import in_time

if TYPE_CHECKING:
    from mayfly.store.messages import Messages

_TRUST_SECONDS = 10.0
_MAX_KNOWN = 10_000


@dataclass(slots=True)
class _Count:
    messages: int
    since: float


class Fullness:
    def __init__(
        self, messages: "Messages", limit: int, *, patience: float, ticks: Callable[[], float] = monotonic
    ) -> None:
        self._patience = patience
        self._ticks = ticks
        self._limit = limit
        self._messages = messages
        self._lookups: Coalescer[None, str, int] = Coalescer(self._count)
        self._counts: dict[str, _Count] = {}

    async def is_full(self, inbox_id: str) -> bool:
        """Raises TransientFailure when the store does not answer."""
        count = self._counts.get(inbox_id)
        if count is None or count.messages * 2 >= self._limit or self._ticks() - count.since > _TRUST_SECONDS:
            count = _Count(0, self._ticks())
            count.messages = await in_time(self._lookups.get(None, inbox_id), self._patience)
            if len(self._counts) >= _MAX_KNOWN:
                self._counts.clear()
            self._counts[inbox_id] = count
        return count.messages >= self._limit

    def add(self, inbox_id: str) -> None:
        """Count a mail that was accepted for the inbox."""
        if inbox_id in self._counts:
            self._counts[inbox_id].messages += 1

    async def _count(self, _: None, inbox_ids: Sequence[str]) -> Sequence[int]:
        counts = await self._messages.counts_of_inboxes(list(set(inbox_ids)))
        return [counts.get(inbox_id, 0) for inbox_id in inbox_ids]
