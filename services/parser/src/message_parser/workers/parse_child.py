"""A parsing process: each frame holds a list of raw messages, its reply a list of `Parsed`.

Started by `parse_pool` as `python -m message_parser.workers.parse_child <processor seconds> <MiB> <wall seconds>`.
"""

import ctypes
import gc
import os
import sys
from contextlib import suppress

import msgspec

from mayfly.children.loop import serve
from message_parser.domain import links, otp
from message_parser.domain.parse import parse, parse_batch
from message_parser.domain.parsed import Parsed, failed

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(list[bytes])
_GARBAGE_OBJECTS = 20_000
_UNENCODABLE = (UnicodeEncodeError, ValueError, OverflowError)


def answer(frame: bytes) -> bytes:
    """Parse every mail of the frame."""
    try:
        results = parse_batch(_decoder.decode(frame))
    except MemoryError:
        os._exit(1)  # The heap cannot be trusted after this; the parent sees a death.
    try:
        return _encoder.encode(results)
    except _UNENCODABLE:
        return _encoder.encode([_encodable(result) for result in results])


def _encodable(result: Parsed) -> Parsed:
    try:
        _encoder.encode(result)
    except _UNENCODABLE as error:
        return failed(f"parser fault: {type(error).__name__}")
    return result


def warm_up() -> None:
    """Load words and weights before the first mail arrives.

    Freezing keeps what is loaded by then out of every later garbage collection: 3 % less time (measured).
    """
    otp.prepare()
    links.prepare()
    parse(b"Subject: code\r\nContent-Type: text/html\r\n\r\n<p>Your code: 482193 <a href=https://a.example/>a</a></p>")
    gc.freeze()
    gc.set_threshold(_GARBAGE_OBJECTS)
    with suppress(AttributeError):  # a C library other than glibc
        ctypes.CDLL(None).malloc_trim(0)  # what building the searches has freed: 3 MiB


if __name__ == "__main__":
    warm_up()
    serve(answer, float(sys.argv[1]), int(sys.argv[2]), wall_seconds=float(sys.argv[3]))
