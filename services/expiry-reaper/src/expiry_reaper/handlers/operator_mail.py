"""Keeps the operator's inbox from being full: deletes the oldest mail to postmaster and abuse.

Anybody may write to it and it never expires, so it has bounds of its own.
"""

from datetime import timedelta
from typing import TYPE_CHECKING

from expiry_reaper import metrics
from mayfly.records.inbox import OPERATOR_INBOX_ID
from mayfly.service.clock import Clock

if TYPE_CHECKING:
    from mayfly.store.messages import Messages
    from mayfly.store.octets import Octets

KEPT = timedelta(days=30)
KEPT_MESSAGES = 100
KEPT_OCTETS = 32 * 1024 * 1024


class OperatorMail:
    def __init__(self, messages: "Messages", octets: "Octets", clock: Clock) -> None:
        self._messages = messages
        self._octets = octets
        self._clock = clock

    async def __call__(self) -> int:
        """Delete what is over the bounds; returns the number of messages. Raises TransientFailure."""
        surplus = await self._messages.surplus(
            OPERATOR_INBOX_ID, count=KEPT_MESSAGES, octets=KEPT_OCTETS, since=self._clock() - KEPT
        )
        if surplus:
            await self._messages.delete(surplus)
            await self._octets.delete_of_messages(surplus)
            metrics.OPERATOR_MESSAGES.inc(len(surplus))
        return len(surplus)
