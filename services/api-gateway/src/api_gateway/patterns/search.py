"""Asks a search process whether a pattern is found, within limits of time. Called by live.matchers.

RE2 is linear in the text, but its constant grows with the pattern: 20 characters can make a program of thousands of
steps, and a slow search of a large mail takes minutes. So no pattern is compiled or run in the gateway's own process.
"""

import signal
from collections.abc import Iterable

import msgspec

from api_gateway import metrics
from api_gateway.patterns.questions import Answer, Kind, Question
from mayfly.children.pool import ChildDied, Pool
from mayfly.failures import TransientFailure

PROGRAM = "api_gateway.patterns.search_child"
_SEARCH_SECONDS = 1.0
_CALL_SECONDS = 5.0
# Of a process that has less than a tenth of a processor for itself.
_WALL_SECONDS = 10.0
_RETRY_SECONDS = 5.0
_ADVICE = "use a simpler pattern, or one without `re:`"
_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Answer)


class UnusablePattern(Exception):
    """The pattern cannot be used on these texts; the text says why, for its sender."""


def pool(processes: int) -> Pool:
    """The pool of search processes; each is started when it is needed first."""
    program = ["-m", PROGRAM, str(_SEARCH_SECONDS), str(_WALL_SECONDS)]
    return Pool("search", program, count=processes, at_once=0)


class Search:
    """The searches of one call of the API; together they may take 5 s of processor time."""

    def __init__(self, processes: Pool) -> None:
        self._processes = processes
        self._left = _CALL_SECONDS

    async def check(self, pattern: str) -> None:
        """Raise UnusablePattern if it is no regular expression, or too large a one."""
        await self.finds(Kind.REGEX, pattern, ())

    async def finds(self, kind: Kind, pattern: str, texts: Iterable[str]) -> bool:
        """Whether the pattern is found in any of the texts.

        Raises UnusablePattern, also when searching takes too long; TransientFailure when no answer came in time.
        """
        if self._left <= 0:
            metrics.REJECTIONS.labels("search time").inc()
            raise UnusablePattern(f"takes more than {_CALL_SECONDS:g} s on the mails of this inbox; {_ADVICE}")
        question = Question(kind, pattern, [text.encode(errors="replace") for text in texts])
        try:
            reply = await self._processes.exchange(_encoder.encode(question), _WALL_SECONDS)
        except ChildDied as death:
            if death.signal != signal.SIGPROF:
                raise TransientFailure("no search process answered", retry_after=_RETRY_SECONDS) from death
            metrics.REJECTIONS.labels("search time").inc()
            raise UnusablePattern(f"takes more than {_SEARCH_SECONDS:g} s on one mail; {_ADVICE}") from death
        answer = _decoder.decode(reply)
        self._left -= answer.seconds
        if answer.fault:
            raise UnusablePattern(answer.fault)
        return answer.found
