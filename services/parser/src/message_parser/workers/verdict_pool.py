"""Computes authentication verdicts in child processes, within a hard time limit. Called by handlers.authenticate."""

import msgspec

from mayfly.children.pool import ChildDied, Pool
from mayfly.records.message import Authentication
from message_parser.domain.authentication import VerdictRequest

MODULE = "message_parser.workers.verdict_child"
_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Authentication)


class VerdictPool:
    """Satisfies ports.Authenticator. `seconds`: the limit for the verdicts of one mail."""

    def __init__(self, pool: Pool, seconds: float) -> None:
        self._pool = pool
        self._seconds = seconds

    async def authenticate(self, request: VerdictRequest) -> Authentication:
        """The verdicts; all three `temperror` when the process took too long or died."""
        try:
            return _decoder.decode(await self._pool.exchange(_encoder.encode(request), self._seconds))
        except ChildDied:
            return Authentication(spf="temperror", dkim="temperror", dmarc="temperror")
