"""Marks messages as read after their readers have been answered; shared with the rooms `messages` and `live`.

A task of its own writes marks at once, those together that came meanwhile, and again until the store has taken them;
the process writes what is left before it ends. A process that is killed loses the marks of its last milliseconds.
Whoever reads the marks of an inbox asks `settled` or `is_marked` first, so a caller always sees its own.
"""

import asyncio
from collections import Counter, deque
from typing import TYPE_CHECKING

import structlog

from mayfly.failures import Failure, TransientFailure
from mayfly.pausing import pause

if TYPE_CHECKING:
    from api_gateway.edge.message_news import MessageNews
    from mayfly.store.messages import Messages

_log = structlog.get_logger()
_AT_ONCE = 1_000
_LAST_TRIES = 20


class ReadMarks:
    """`news`: announces the marks that are written. `most`: marks that can wait to be written; a call that brings more
    waits until there is room.

    `again_seconds`: pause before what the store refused is written again.
    """

    def __init__(
        self, messages: "Messages", news: "MessageNews | None" = None, most: int = 10_000, again_seconds: float = 0.5
    ) -> None:
        self._messages = messages
        self._news = news
        self._most = most
        self._again_seconds = again_seconds
        self._waiting: deque[tuple[str, str]] = deque()
        self._inboxes: Counter[str] = Counter()
        self._marked: Counter[str] = Counter()
        self._written = self._failed = 0
        self._come = asyncio.Event()
        self._round = asyncio.Event()

    async def add(self, inbox_id: str, message_id: str) -> None:
        """Mark a message as read soon. Raises TransientFailure when very many wait and the store takes none."""
        while len(self._waiting) >= self._most:
            await self._next_round()
        self._waiting.append((inbox_id, message_id))
        self._inboxes[inbox_id] += 1
        self._marked[message_id] += 1
        self._come.set()

    def is_marked(self, message_id: str) -> bool:
        """Whether a mark of the message waits. Ask before you read the message: it may be written meanwhile."""
        return message_id in self._marked

    async def settled(self, inbox_id: str) -> None:
        """Wait until the marks are written that wait in this inbox now. Raises TransientFailure if that fails."""
        if inbox_id in self._inboxes:
            until = self._written + len(self._waiting)
            while self._written < until and inbox_id in self._inboxes:
                await self._next_round()

    async def run(self, stop: asyncio.Event) -> None:
        """Write marks until `stop`; call `finish` when no call is left that could bring more."""
        stopping = asyncio.create_task(stop.wait())
        while not stop.is_set():
            coming = asyncio.create_task(self._come.wait())
            await asyncio.wait({coming, stopping}, return_when=asyncio.FIRST_COMPLETED)
            coming.cancel()
            if not await self._write():
                await pause(stop, self._again_seconds)
        stopping.cancel()

    async def finish(self) -> None:
        """Write what is left; give up after ten seconds."""
        for _ in range(_LAST_TRIES):
            while self._waiting and await self._write():
                pass
            if not self._waiting:
                return
            await asyncio.sleep(self._again_seconds)
        _log.error("read_marks_lost", marks=len(self._waiting))

    async def _write(self) -> bool:
        """Write the oldest marks; whether the store took them."""
        batch = [self._waiting[place] for place in range(min(len(self._waiting), _AT_ONCE))]
        if batch:
            try:
                await self._messages.mark_many_read([message_id for _, message_id in batch])
            except Failure as failure:
                _log.warning("read_marks_wait", marks=len(self._waiting), reason=failure.reason)
                self._failed += 1
                self._end_round()
                return False
            for inbox_id, message_id in batch:
                self._waiting.popleft()
                _take_one(self._inboxes, inbox_id)
                _take_one(self._marked, message_id)
            self._written += len(batch)
            if self._news:
                await self._news.read(batch)
        if not self._waiting:
            self._come.clear()
        self._end_round()
        return True

    def _end_round(self) -> None:
        self._round.set()
        self._round = asyncio.Event()

    async def _next_round(self) -> None:
        failed = self._failed
        await self._round.wait()
        if failed != self._failed:
            raise TransientFailure("messages cannot be marked as read", retry_after=1)


def _take_one(counts: Counter[str], name: str) -> None:
    counts[name] -= 1
    if not counts[name]:
        del counts[name]
