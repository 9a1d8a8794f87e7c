"""Authentication verdicts from judging processes, within a hard time limit."""

import msgspec

from mayfly.records.message import Authentication
from message_parser.adapters.pool import Pool
from message_parser.domain.authentication import Question
from message_parser.errors import ChildDied

MODULE = "message_parser.entrypoints.verdict_child"
_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Authentication)


class Judges:
    """Satisfies ports.Judge."""

    def __init__(self, pool: Pool, seconds: float) -> None:
        self._pool = pool
        self._seconds = seconds

    async def judge(self, question: Question) -> Authentication:
        """The verdicts; `temperror` throughout when they took too long."""
        try:
            return _decoder.decode(await self._pool.exchange(_encoder.encode(question), self._seconds))
        except ChildDied:
            return Authentication(spf="temperror", dkim="temperror", dmarc="temperror")
