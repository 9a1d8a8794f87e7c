"""The inside of a parsing process: frames of mails on stdin, frames of results on stdout, until stdin ends.

Started by adapters.children as `python -m message_parser.entrypoints.child <seconds> <MiB>`. It bounds itself too: its
address space is limited, and an alarm kills it at the time limit even when the parent is gone.
"""

import os
import resource
import signal
import sys
from typing import BinaryIO

import msgspec

from message_parser.domain.parse import parse
from message_parser.domain.parsed import Parsed, failed

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(list[bytes])
LENGTH_OCTETS = 4


def main() -> None:
    seconds, memory = float(sys.argv[1]), int(sys.argv[2]) * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for number in (signal.SIGINT, signal.SIGTERM):
        # The parent decides when it ends: by closing stdin, or by SIGKILL.
        signal.signal(number, signal.SIG_IGN)
    requests, replies = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    while frame := _read_frame(requests):
        signal.setitimer(signal.ITIMER_REAL, seconds)
        reply = _encode([_parse(octets) for octets in _decoder.decode(frame)])
        signal.setitimer(signal.ITIMER_REAL, 0)
        replies.write(len(reply).to_bytes(LENGTH_OCTETS, "big") + reply)
        replies.flush()


def _parse(octets: bytes) -> Parsed:
    try:
        return parse(octets)
    except MemoryError:
        os._exit(1)  # What is left of the heap is not to be trusted; the parent sees a death.
    except Exception as error:  # noqa: BLE001 - the edge of the process: a fault of ours costs this mail its parse, not its octets
        return failed(f"parser fault: {type(error).__name__}")


def _encode(results: list[Parsed]) -> bytes:
    try:
        return _encoder.encode(results)
    except (UnicodeEncodeError, ValueError, OverflowError):
        return _encoder.encode([_encodable(result) for result in results])


def _encodable(result: Parsed) -> Parsed:
    try:
        _encoder.encode(result)
    except (UnicodeEncodeError, ValueError, OverflowError) as error:
        return failed(f"parser fault: {type(error).__name__}")
    return result


def _read_frame(stream: BinaryIO) -> bytes:
    """The next frame, b"" at the end."""
    length = int.from_bytes(stream.read(LENGTH_OCTETS), "big")
    return stream.read(length) if length else b""


if __name__ == "__main__":
    main()
