"""A search process: each frame holds one `Question`, its reply one `Answer`.

Started by `search` as `python -m api_gateway.patterns.search_child <processor seconds> <wall seconds>`. A search that
takes more processor time than that kills the process with SIGPROF.
"""

import os
import sys
import time
from functools import lru_cache

import msgspec
import re2

from api_gateway.patterns.questions import Answer, Kind, Question, fold
from mayfly.children.loop import serve

# A program of more steps is refused. `\pL{20}` has 23,924, a usual pattern some dozens.
STEPS_LIMIT = 25_000
# The library's default. With less it gives up its fast engine sooner, and searches a hundred times slower.
_PATTERN_OCTETS = 8 * 1024 * 1024
_KEPT_PATTERNS = 4
_MEMORY_MIB = 256
# Below the gateway, which may share its processor.
_NICENESS = 10

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Question)


class _Unusable(Exception):
    """The pattern cannot be used; the text says why."""


def answer(frame: bytes) -> Answer:
    """Search the texts of one question."""
    question = _decoder.decode(frame)
    started = time.thread_time()
    try:
        found = _is_found(question)
    except _Unusable as error:
        return Answer(found=False, seconds=time.thread_time() - started, fault=str(error))
    return Answer(found=found, seconds=time.thread_time() - started)


def _is_found(question: Question) -> bool:
    if question.kind is Kind.REGEX:
        expression = _compiled(question.pattern)
        return any(expression.search(text) is not None for text in question.texts)
    wanted = fold(question.kind, question.pattern)
    return any(wanted in fold(question.kind, text.decode(errors="replace")) for text in question.texts)


@lru_cache(_KEPT_PATTERNS)
def _compiled(pattern: str) -> re2._Regexp:
    options = re2.Options()
    options.max_mem = _PATTERN_OCTETS
    options.log_errors = False
    options.never_capture = True
    try:
        # Octets, not str: for a str the library converts the offset of every match into characters.
        expression = re2.compile(pattern.encode(), options)
    except re2.error as error:
        # Its words for a program that is larger than it allows at all.
        too_large = "pattern too large" in str(error)
        raise _Unusable(_TOO_LARGE if too_large else "not a valid RE2 regular expression") from error
    finally:
        re2.purge()  # its own cache keeps 128, of 8 MiB each
    if max(expression.programsize, expression.reverseprogramsize) > STEPS_LIMIT:
        raise _Unusable(_TOO_LARGE)
    return expression


_TOO_LARGE = f"this regular expression has more than {STEPS_LIMIT} steps when it is compiled; repeat and list less"


def main() -> None:
    os.nice(_NICENESS)
    seconds, wall_seconds = float(sys.argv[1]), float(sys.argv[2])
    serve(lambda frame: _encoder.encode(answer(frame)), seconds, _MEMORY_MIB, wall_seconds=wall_seconds)


if __name__ == "__main__":
    main()
