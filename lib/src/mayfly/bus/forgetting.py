"""Removes the events and attempts of an ended inbox from the streams, before they age out.

Called by expiry-reaper. Purges by subject, once per inbox, with a limit on simultaneous purges.
"""

import asyncio
from collections.abc import Callable, Sequence

from mayfly.bus.connection import Bus, broker_failures
from mayfly.bus.topology import DELIVERIES, EVENTS, Stream
from mayfly.events import subjects
from mayfly.failures import TransientFailure

_AT_ONCE = 64


class Forgetting:
    def __init__(self, bus: Bus) -> None:
        self._bus = bus

    async def messages_of(self, inbox_ids: Sequence[str]) -> None:
        """Remove the announcements of these inboxes' messages, which contain senders, subjects and codes."""
        await self._purge(EVENTS, subjects.inbox_messages, inbox_ids)

    async def attempts_of(self, inbox_ids: Sequence[str]) -> None:
        """Remove the due and scheduled attempts of these inboxes."""
        await self._purge(DELIVERIES, subjects.inbox_deliveries, inbox_ids)

    async def _purge(self, stream: Stream, subject: Callable[[str], str], inbox_ids: Sequence[str]) -> None:
        self._bus.require_connected()
        with broker_failures():
            for start in range(0, len(inbox_ids), _AT_ONCE):
                part = inbox_ids[start : start + _AT_ONCE]
                await asyncio.gather(*(self._purge_subject(stream, subject(inbox_id)) for inbox_id in part))

    async def _purge_subject(self, stream: Stream, subject: str) -> None:
        """Purge without parsing the whole response (twice as fast as the client's call, measured)."""
        question = b'{"filter":"%b"}' % subject.encode()
        answer = await self._bus.client.request(f"$JS.API.STREAM.PURGE.{stream.name}", question, timeout=5)
        if b'"error"' in answer.data:
            raise TransientFailure("the broker refused to purge a subject")
