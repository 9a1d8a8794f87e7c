"""Lets a read wait until all mail acknowledged before it is stored: 250 means "on disk", and a list follows later.

Used by the facades of servers where a sender can list right after its 250, and by native calls with `consistent=true`.
"""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from mayfly.failures import TransientFailure
from mayfly.service.coalescer import Coalescer

if TYPE_CHECKING:
    from mayfly.bus.backlog import Backlog, MailBacklog

LONGEST_SECONDS = 10.0
_POLLS = (0.002, 0.004, 0.008, 0.016, 0.03, 0.05)
_LOOK_CLOSER_AFTER = len(_POLLS)


class Consistency:
    """Asks the broker once for all calls that wait; a call that finds nothing under way costs one question."""

    def __init__(
        self,
        backlog: "MailBacklog",
        *,
        longest_seconds: float = LONGEST_SECONDS,
        closer_after: int = _LOOK_CLOSER_AFTER,
    ) -> None:
        """`closer_after`: looks after which mail of others is told from mail of the inbox, which costs reading it."""
        self._backlog = backlog
        self._longest = longest_seconds
        self._closer_after = closer_after
        self._states: Coalescer[None, None, Backlog] = Coalescer(self._look)

    async def is_settled(self, inbox_id: str) -> bool:
        """Whether every mail for the inbox that was acknowledged before the call is stored, or was given up.

        False also when much mail of others is on its way. Raises TransientFailure.
        """
        state = await self._states.get(None, None)
        return state.settled >= state.received or await self._backlog.is_drained_of(inbox_id, up_to=state.received)

    async def settled(self, *inbox_ids: str) -> None:
        """Return when every mail for these inboxes that was acknowledged before the call is stored, or was given up.

        Mail of other inboxes that waits for its retry delays nobody for long. Raises TransientFailure after
        `longest_seconds`.
        """
        state = await self._states.get(None, None)
        received, polls = state.received, 0
        until = asyncio.get_running_loop().time() + self._longest
        while state.settled < received:
            if polls >= self._closer_after and await self._backlog.is_drained_of(*inbox_ids, up_to=received):
                return
            if asyncio.get_running_loop().time() > until:
                raise TransientFailure(
                    "mail that was acknowledged before this call is still being stored", retry_after=1
                )
            await asyncio.sleep(_POLLS[min(polls, len(_POLLS) - 1)])
            polls += 1
            state = await self._states.get(None, None)

    async def _look(self, _: None, callers: Sequence[None]) -> "Sequence[Backlog]":
        return [await self._backlog.look()] * len(callers)
