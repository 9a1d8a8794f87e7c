"""The main loop of a child process: answers frames from stdin on stdout until stdin ends.

Called by `parse_child` and `verdict_child`. The process limits itself: its address space is bounded, and an alarm kills
it at the time limit even when its parent is gone.
"""

import os
import resource
import signal
import sys
from collections.abc import Callable

from message_parser.workers.frames import read_frame, write_frame


def serve(answer: Callable[[bytes], bytes], seconds: float, memory_mib: int) -> None:
    """Answer frames until stdin ends. SIGALRM kills the process when one answer takes longer than `seconds`."""
    memory = memory_mib * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for number in (signal.SIGINT, signal.SIGTERM):
        # The parent decides when this process ends: by closing stdin, or by SIGKILL.
        signal.signal(number, signal.SIG_IGN)
    requests, replies = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    # What a library prints must not end up among the frames.
    os.dup2(2, 1)
    while frame := read_frame(requests):
        signal.setitimer(signal.ITIMER_REAL, seconds)
        reply = answer(frame)
        signal.setitimer(signal.ITIMER_REAL, 0)
        write_frame(replies, reply)
