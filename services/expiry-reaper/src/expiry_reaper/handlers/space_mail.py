"""Deletes what spaces keep no longer: messages below their horizons (mayfly.store.horizons), which nobody can read.

A round asks an index for the oldest and the newest message of every space that has any. The messages of a space are
counted only when it has got mail, or another retention, since it was last found to be in order; many in one question.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from expiry_reaper import metrics
from mayfly.mail.message_id import first_id_at
from mayfly.records.inbox import Retention
from mayfly.service.clock import Clock

if TYPE_CHECKING:
    from mayfly.store.horizons import Ends, Horizons
    from mayfly.store.messages import Messages
    from mayfly.store.removal import Removal
    from mayfly.store.spaces import Spaces

_log = structlog.get_logger()
_AT_ONCE = 500
_BATCHES = 20
_COUNTED_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class _Space:
    ends: "Ends"
    retention: Retention


@dataclass(frozen=True, slots=True)
class _InOrder:
    """What a space was like when nothing was below its horizon."""

    newest: str
    retention: Retention


class SpaceMail:
    """`at_once`: messages in one deletion. `batches`: deletions in one space and round; other spaces wait no longer."""

    def __init__(
        self,
        horizons: "Horizons",
        spaces: "Spaces",
        messages: "Messages",
        removal: "Removal",
        clock: Clock,
        *,
        at_once: int = _AT_ONCE,
        batches: int = _BATCHES,
    ) -> None:
        self._horizons = horizons
        self._spaces = spaces
        self._messages = messages
        self._removal = removal
        self._clock = clock
        self._at_once = at_once
        self._batches = batches
        self._in_order: dict[str, _InOrder] = {}

    async def __call__(self) -> int:
        """Delete what is below the horizons, the oldest first; returns the number of messages. Raises TransientFailure.

        At most `batches` times `at_once` messages of a space; the next round deletes the rest.
        """
        ends = await self._horizons.ends()
        retentions = await self._spaces.retentions([end.space_id for end in ends])
        self._in_order = {space_id: kept for space_id, kept in self._in_order.items() if space_id in retentions}
        changed = [
            _Space(end, retentions[end.space_id])
            for end in ends
            if end.space_id in retentions and self._may_have_surplus(end, retentions[end.space_id])
        ]
        deleted = 0
        for begin in range(0, len(changed), _COUNTED_AT_ONCE):
            deleted += await self._prune_among(changed[begin : begin + _COUNTED_AT_ONCE])
        if deleted:
            metrics.SPACE_MESSAGES.inc(deleted)
            _log.info("space_mail_deleted", messages=deleted)
        return deleted

    def _may_have_surplus(self, end: "Ends", retention: Retention) -> bool:
        return self._is_too_old(end, retention) or self._in_order.get(end.space_id) != _InOrder(end.newest, retention)

    def _is_too_old(self, end: "Ends", retention: Retention) -> bool:
        return end.oldest < first_id_at(self._clock() - timedelta(seconds=retention.max_age_seconds))

    async def _prune_among(self, spaces: "Sequence[_Space]") -> int:
        counts = await self._messages.counts_of_inboxes([space.ends.space_id for space in spaces])
        deleted = 0
        for space in spaces:
            ends, retention = space.ends, space.retention
            if counts.get(ends.space_id, 0) > retention.max_messages or self._is_too_old(ends, retention):
                deleted += await self._prune(space)
            else:
                self._in_order[ends.space_id] = _InOrder(ends.newest, retention)
        return deleted

    async def _prune(self, space: "_Space") -> int:
        space_id, deleted = space.ends.space_id, 0
        horizon = await self._horizons.of(space_id, space.retention, self._clock())
        for _ in range(self._batches):
            gone = await self._horizons.below(space_id, horizon, self._at_once)
            await self._removal.remove(gone, self._clock())
            deleted += len(gone)
            if len(gone) < self._at_once:
                self._in_order[space_id] = _InOrder(space.ends.newest, space.retention)
                break
        return deleted
