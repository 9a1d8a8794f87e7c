"""Authenticates mails after they were stored: SPF, DKIM and DMARC, apart from the path to the ack.

`store_mail` offers each stored mail; it waits in a bounded queue until a verdict process is free, and the verdicts are
added to its messages. A mail stays without verdicts when the queue is full or when the process ends before its turn.
"""

import asyncio
from collections.abc import Sequence

import structlog

from mayfly.events import facts
from mayfly.failures import Failure
from mayfly.records.message import Message
from message_parser import metrics
from message_parser.domain.authentication import VerdictRequest
from message_parser.ports import Authenticator, Verdicts

_log = structlog.get_logger()
_MAX_WAITING_MAILS = 1_000
_MAX_WAITING_OCTETS = 64 * 1024 * 1024


def _author(message: Message) -> str:
    """The address that DMARC judges; "" with several From fields.

    A signature covers the last of them (RFC 6376 section 5.4.2) and a reader sees the first, so none is proven
    (RFC 7489 section 6.6.1).
    """
    fields = sum(name.lower() == "from" for name, _ in message.headers)
    return message.from_address if fields <= 1 else ""


class Authenticate:
    """The queue of stored mails and its workers, one for each verdict process."""

    def __init__(self, *, authenticator: Authenticator, messages: Verdicts, workers: int) -> None:
        self._authenticator = authenticator
        self._messages = messages
        self._workers = workers
        self._waiting: asyncio.Queue[tuple[list[str], VerdictRequest]] = asyncio.Queue(_MAX_WAITING_MAILS)
        self._octets = 0

    def offer(self, event: facts.MailReceived, octets: bytes, messages: Sequence[Message]) -> None:
        """Queue a stored mail if there is room; else count it as `no_room`."""
        if not messages:
            return
        if self._waiting.full() or self._octets + len(octets) > _MAX_WAITING_OCTETS:
            metrics.VERDICTS.labels("no_room").inc()
            return
        envelope = event.envelope
        request = VerdictRequest(
            octets=octets,
            peer_address=envelope.peer_address if envelope.source == "smtp" else "",
            helo=envelope.helo,
            reverse_path=envelope.reverse_path,
            from_address=_author(messages[0]),
        )
        self._octets += len(octets)
        self._waiting.put_nowait(([message.id for message in messages], request))

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set; mails that wait or are in work then get no verdicts."""
        async with asyncio.TaskGroup() as group:
            workers = [group.create_task(self._work()) for _ in range(self._workers)]
            await stop.wait()
            for worker in workers:
                worker.cancel()

    async def _work(self) -> None:
        while True:
            ids, request = await self._waiting.get()
            try:
                verdicts = await self._authenticator.authenticate(request)
                await self._messages.set_authentication(ids, verdicts)
                metrics.VERDICTS.labels("judged").inc()
            except Failure as failure:
                metrics.VERDICTS.labels("lost").inc()
                _log.warning("verdicts_lost", message_ids=ids, reason=failure.reason)
            finally:
                self._octets -= len(request.octets)
