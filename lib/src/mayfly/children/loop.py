"""The main loop of a child process: answers frames from stdin on stdout until stdin ends.

Called by the module that a `pool` starts, once everything it needs is loaded. The process limits itself: its address
space is bounded, timers kill it at its limits of time even when its parent is gone, and it gives up all other rights.
"""

import os
import resource
import signal
import sys
from collections.abc import Callable, Sequence

import msgspec

from mayfly.children.confinement import confine
from mayfly.children.frames import read_frame, write_frame


def serve(
    answer: Callable[[bytes], bytes],
    seconds: float,
    memory_mib: int,
    *,
    wall_seconds: float,
    dns_ports: Sequence[int] | None = None,
) -> None:
    """Say which protections are in force, then answer frames until stdin ends.

    SIGPROF kills the process when one answer takes more processor time than `seconds`, so that a busy machine makes
    answers late and not impossible; SIGALRM when it takes longer than `wall_seconds`. `dns_ports`: it may use the
    network, TCP to these ports only; None: no network at all.
    """
    memory = memory_mib * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    for number in (signal.SIGINT, signal.SIGTERM):
        # The parent decides when this process ends: by closing stdin, or by SIGKILL.
        signal.signal(number, signal.SIG_IGN)
    requests, replies = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    # What a library prints must not end up among the frames.
    os.dup2(2, 1)
    write_frame(replies, msgspec.msgpack.encode(confine(dns_ports)))
    while frame := read_frame(requests):
        signal.setitimer(signal.ITIMER_REAL, wall_seconds)
        signal.setitimer(signal.ITIMER_PROF, seconds)
        reply = answer(frame)
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
        write_frame(replies, reply)
