"""Timeouts of a connection: how long a peer may take for a command and for the octets of DATA.

Checked once a second for all connections, which costs less than a timer per command.
"""

from collections.abc import Callable
from math import inf
from time import monotonic

from smtp_ingest.domain.data import DataReader
from smtp_ingest.settings import Settings


class Patience:
    def __init__(self, settings: Settings, ticks: Callable[[], float] = monotonic) -> None:
        self._ticks = ticks
        self._settings = settings
        self.deadline = inf
        self._window_start = 0.0
        self._window_octets = 0

    def wait_for_command(self) -> None:
        self.deadline = self._ticks() + self._settings.smtp_idle_seconds

    def wait_for_data(self) -> None:
        self._window_start, self._window_octets = self._ticks(), 0
        self.deadline = self._window_start + self._settings.smtp_data_seconds

    def suspend(self) -> None:
        """Stop the timeout while the peer waits for us."""
        self.deadline = inf

    def is_over(self, now: float, reader: DataReader | None) -> bool:
        """Whether the peer is too slow. `reader`: of the current DATA, if any."""
        return now > self.deadline or (reader is not None and self._is_slow(now, reader.received))

    def _is_slow(self, now: float, received: int) -> bool:
        """Whether fewer octets than the minimum rate arrived in the window that has just ended."""
        window = self._settings.smtp_idle_seconds
        if now - self._window_start < window:
            return False
        came = received - self._window_octets
        self._window_start, self._window_octets = now, received
        return came < self._settings.smtp_data_rate * window
