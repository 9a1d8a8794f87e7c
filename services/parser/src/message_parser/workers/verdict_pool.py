"""Computes authentication verdicts in child processes, within a hard time limit. Called by handlers.authenticate."""

from collections.abc import Sequence

import msgspec
import structlog

from mayfly.children.pool import ChildDied, Pool
from mayfly.records.message import Authentication
from message_parser import metrics
from message_parser.domain.authentication import VerdictReply, VerdictRequest

MODULE = "message_parser.workers.verdict_child"
_log = structlog.get_logger()
_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(VerdictReply)
_LOST = Authentication(spf="temperror", dkim="temperror", dmarc="temperror")


class VerdictPool:
    """Satisfies ports.Authenticator. `seconds`: the limit for one frame."""

    def __init__(self, pool: Pool, seconds: float) -> None:
        self._pool = pool
        self._seconds = seconds
        self._is_silent = False

    async def authenticate(self, requests: Sequence[VerdictRequest]) -> list[Authentication]:
        """The verdicts of the first of these mails, one at least.

        When the process takes too long or dies, each mail is tried alone. The one that does it again has `temperror`.
        """
        try:
            return await self._try(requests)
        except ChildDied:
            if len(requests) == 1:
                return [_LOST]
            return [verdict for request in requests for verdict in await self.authenticate([request])]

    async def _try(self, requests: Sequence[VerdictRequest]) -> list[Authentication]:
        reply = _decoder.decode(await self._pool.exchange(_encoder.encode(requests), self._seconds))
        for outcome, count in (("asked", reply.asked), ("cached", reply.cached), ("failed", reply.failed)):
            metrics.LOOKUPS.labels(outcome).inc(count)
        metrics.DNS_SILENT.set(reply.is_silent)
        if reply.is_silent != self._is_silent:
            self._is_silent = reply.is_silent
            _log.warning("dns_is_silent") if reply.is_silent else _log.info("dns_answers")
        return reply.verdicts
