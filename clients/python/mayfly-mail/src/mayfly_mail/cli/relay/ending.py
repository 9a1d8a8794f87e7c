"""Ends a listener on Ctrl-C or SIGTERM, but not between a post and the note that it was made.

So a new run posts nothing again. A second Ctrl-C does not wait.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

TERMINATED = 143
"""What shells expect of a process that SIGTERM has ended."""
UNDER_WAY = b"a post is under way and may finish; Ctrl-C again ends at once\n"


class Ending:
    """Receives the two signals while its block runs; elsewhere than in the main thread, nothing."""

    def __init__(self) -> None:
        self._pending: int | None = None
        self._is_held = False

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Receive the signals; afterwards they do what they did before."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        ignored = signal.getsignal(signal.SIGINT) is signal.SIG_IGN  # as shells have it for what runs in the background
        numbers = [signal.SIGTERM] if ignored else [signal.SIGTERM, signal.SIGINT]
        before = {number: signal.signal(number, self._receive) for number in numbers}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Finish the block before the first signal ends the run."""
        self._is_held = True
        try:
            yield
        finally:
            self._is_held = False
        self._end_if_asked()

    def pause(self, seconds: float) -> None:
        """Sleep, also in a block that is held, but not on after a signal."""
        self._end_if_asked()
        self._is_held, was = False, self._is_held
        time.sleep(seconds)
        self._is_held = was

    def _receive(self, number: int, _: object) -> None:
        if self._is_held and self._pending is None:
            self._pending = number
            os.write(2, UNDER_WAY)  # not print: that may be what the signal interrupts
        else:
            _end(number)

    def _end_if_asked(self) -> None:
        if self._pending is not None:
            _end(self._pending)


def _end(number: int) -> None:
    raise KeyboardInterrupt if number == signal.SIGINT else SystemExit(TERMINATED)
