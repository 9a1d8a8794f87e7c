"""Verdicts after storing, never on the path to the ack: stored mails wait here, in bounded room, to be judged.

A mail that finds no room, or waits when the process ends, stays without verdicts; that is counted.
"""

import asyncio
from collections.abc import Sequence

import structlog

from mayfly.events import facts
from mayfly.failures import Failure
from mayfly.records.message import Message
from message_parser import metrics
from message_parser.domain.authentication import Question
from message_parser.ports import Judge, Verdicts

_log = structlog.get_logger()
_ROOM_MAILS = 1_000
_ROOM_OCTETS = 64 * 1024 * 1024


class Authenticate:
    def __init__(self, *, judge: Judge, messages: Verdicts, workers: int) -> None:
        self._judge = judge
        self._messages = messages
        self._workers = workers
        self._waiting: asyncio.Queue[tuple[list[str], Question]] = asyncio.Queue(_ROOM_MAILS)
        self._octets = 0

    def offer(self, event: facts.MailReceived, octets: bytes, messages: Sequence[Message]) -> None:
        """Let a stored mail wait for its verdicts, if there is room."""
        if not messages:
            return
        if self._waiting.full() or self._octets + len(octets) > _ROOM_OCTETS:
            metrics.VERDICTS.labels("no_room").inc()
            return
        envelope = event.envelope
        question = Question(
            octets=octets,
            peer_address=envelope.peer_address if envelope.source == "smtp" else "",
            helo=envelope.helo,
            reverse_path=envelope.reverse_path,
            from_address=messages[0].from_address,
        )
        self._octets += len(octets)
        self._waiting.put_nowait(([message.id for message in messages], question))

    async def run(self, stop: asyncio.Event) -> None:
        """Judge until `stop` is set; what is under way then is dropped."""
        async with asyncio.TaskGroup() as group:
            workers = [group.create_task(self._work()) for _ in range(self._workers)]
            await stop.wait()
            for worker in workers:
                worker.cancel()

    async def _work(self) -> None:
        while True:
            ids, question = await self._waiting.get()
            try:
                verdicts = await self._judge.judge(question)
                await self._messages.set_authentication(ids, verdicts)
                metrics.VERDICTS.labels("judged").inc()
            except Failure as failure:
                metrics.VERDICTS.labels("lost").inc()
                _log.warning("verdicts_lost", message_ids=ids, reason=failure.reason)
            finally:
                self._octets -= len(question.octets)
