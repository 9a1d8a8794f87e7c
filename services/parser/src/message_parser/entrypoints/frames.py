"""The loop of a child process: frames on stdin, answers on stdout, until stdin ends.

It bounds itself: its address space is limited, and an alarm kills it at the time limit even when the parent is gone.
"""

import os
import resource
import signal
import sys
from collections.abc import Callable
from typing import BinaryIO

LENGTH_OCTETS = 4


def serve(answer: Callable[[bytes], bytes], seconds: float, memory_mib: int) -> None:
    """Answer frames; dies of SIGALRM when one takes longer than `seconds`."""
    memory = memory_mib * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for number in (signal.SIGINT, signal.SIGTERM):
        # The parent decides when it ends: by closing stdin, or by SIGKILL.
        signal.signal(number, signal.SIG_IGN)
    requests, replies = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    while frame := _read_frame(requests):
        signal.setitimer(signal.ITIMER_REAL, seconds)
        reply = answer(frame)
        signal.setitimer(signal.ITIMER_REAL, 0)
        replies.write(len(reply).to_bytes(LENGTH_OCTETS, "big"))
        replies.write(reply)
        replies.flush()


def _read_frame(stream: BinaryIO) -> bytes:
    """The next frame, b"" at the end."""
    length = int.from_bytes(stream.read(LENGTH_OCTETS), "big")
    return stream.read(length) if length else b""
