"""Authenticates mails after they were stored: SPF, DKIM and DMARC, apart from the path to the ack.

`store_mail` offers each stored mail. It waits in `verdict_queue` while mail waits to be parsed, then travels in a batch
to a verdict process, and one write adds the verdicts of a batch to its messages. A mail stays without verdicts when the
queue has to drop it, or when the parser ends before its turn.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import structlog

from mayfly.events import facts
from mayfly.events.handling import Delivered, Handler, Reply
from mayfly.failures import Failure, PermanentFailure
from mayfly.records.message import Message
from message_parser import metrics
from message_parser.domain.authentication import VerdictRequest, is_signed
from message_parser.handlers.verdict_queue import VerdictQueue, Waiting
from message_parser.ports import Authenticator, Verdicts

_log = structlog.get_logger()
PATIENCE_SECONDS = 10.0
_BUSY_MAILS = 20  # as many as arrive while a batch is stored, at 1,000 mails/s: more means that mail waits
_LOOK_SECONDS = 0.05
_AFTER_FAILURE_SECONDS = 1.0
_MOST_DROPPED = 10_000  # messages whose reason is still to be written
DROPPED = "dropped"


def _author(message: Message) -> str:
    """The address that DMARC judges; "" with several From fields.

    A signature covers the last of them (RFC 6376 section 5.4.2) and a reader sees the first, so none is proven
    (RFC 7489 section 6.6.1).
    """
    fields = sum(name.lower() == "from" for name, _ in message.headers)
    return message.from_address if fields <= 1 else ""


class Authenticate:
    """The mails that wait, and the workers that have them judged, one for each verdict process.

    `now`: seconds of a clock that never goes back. `sleep`: waits for so many of its seconds.
    """

    def __init__(
        self,
        *,
        authenticator: Authenticator,
        messages: Verdicts,
        workers: int,
        now: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._authenticator = authenticator
        self._messages = messages
        self._workers = workers
        self._sleep = sleep
        self._queue = VerdictQueue(now)
        self._arrived = asyncio.Event()
        self._in_work = 0
        self._dropped: list[str] = []
        metrics.VERDICTS_WAITING.set_function(lambda: len(self._queue))
        metrics.VERDICTS_OLDEST_SECONDS.set_function(lambda: self._queue.oldest_seconds)

    def after(self, handle: Handler[facts.MailReceived]) -> Handler[facts.MailReceived]:
        """The same handler of received mails; while it has much to do, verdicts wait."""

        async def counted(batch: Sequence[Delivered[facts.MailReceived]]) -> Sequence[Reply]:
            self._in_work += len(batch)
            try:
                return await handle(batch)
            finally:
                self._in_work -= len(batch)

        return counted

    def offer(self, event: facts.MailReceived, octets: bytes, messages: Sequence[Message]) -> None:
        """Have a stored mail wait for its verdicts. Mails that are dropped for it are counted as `no_room`."""
        if not messages:
            return
        envelope = event.envelope
        request = VerdictRequest(
            octets=octets if is_signed(octets) else b"",
            peer_address=envelope.peer_address if envelope.source == "smtp" else "",
            helo=envelope.helo,
            reverse_path=envelope.reverse_path,
            from_address=_author(messages[0]),
        )
        dropped = self._queue.put(Waiting([message.id for message in messages], messages[0].inbox_id, request))
        if dropped:
            metrics.VERDICTS.labels("no_room").inc(len(dropped))
            self._dropped += [id_ for mail in dropped for id_ in mail.ids]
            del self._dropped[:-_MOST_DROPPED]
        self._arrived.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set; mails that wait or are in work then get no verdicts."""
        async with asyncio.TaskGroup() as group:
            workers = [group.create_task(self._work()) for _ in range(self._workers)]
            await stop.wait()
            for worker in workers:
                worker.cancel()

    async def _work(self) -> None:
        while True:
            if not len(self._queue):
                self._arrived.clear()
                await self._arrived.wait()
            elif self._in_work > _BUSY_MAILS and self._queue.oldest_seconds < PATIENCE_SECONDS:
                await self._sleep(_LOOK_SECONDS)
            else:
                await self._judge(self._queue.take())
                await self._say_what_was_dropped()

    async def _say_what_was_dropped(self) -> None:
        dropped, self._dropped = self._dropped, []
        if not dropped:
            return
        try:
            await self._messages.set_authentication_reason(dropped, DROPPED)
        except Failure as failure:
            _log.warning("reasons_lost", messages=len(dropped), reason=failure.reason)

    async def _judge(self, batch: list[tuple[Waiting, VerdictRequest]]) -> None:
        try:
            verdicts = await self._authenticator.authenticate([request for _, request in batch])
            batch, left = batch[: len(verdicts)], batch[len(verdicts) :]
            self._queue.give_back(left)
            judged = [(mail.ids, verdict) for (mail, _), verdict in zip(batch, verdicts, strict=True)]
            await self._messages.set_authentications(judged)
            metrics.VERDICTS.labels("judged").inc(len(judged))
        except PermanentFailure as failure:
            metrics.VERDICTS.labels("lost").inc(len(batch))
            _log.warning("verdicts_lost", mails=len(batch), reason=failure.reason)
        except Failure as failure:
            self._queue.give_back(batch)
            _log.warning("verdicts_delayed", mails=len(batch), reason=failure.reason)
            await self._sleep(_AFTER_FAILURE_SECONDS)
