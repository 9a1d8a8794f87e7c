"""Starts tiers of programs, restarts programs that die, and stops the tiers in reverse order.

`__main__` passes the tiers of `plan` (mongod, nats, services) and an event that its signal handlers set, and calls
`start`, `watch` and `stop` from one thread. Tests pass tiers of their own.
"""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Event

from mayfly_local.faults import Breakdown
from mayfly_local.processes import Child, Clock, Program, stop

Tier = Sequence[Program]
Say = Callable[[str], None]

TICK = 0.1  # seconds between two checks of the children; a death is handled within two of them
START_TICK = 0.03
PATIENCE = 60.0  # seconds that a tier may take to become ready
DEATHS_AT_START = 4  # deaths of one process before its tier is ready that end the run


class Supervisor:
    """All processes of one run."""

    def __init__(
        self,
        tiers: Sequence[Tier],
        folder: Path,
        say: Say,
        stopping: Event,
        *,
        patience: float = PATIENCE,
        clock: Clock = time.monotonic,
    ) -> None:
        self._tiers = [[Child(program, folder, clock) for program in tier] for tier in tiers]
        self._say = say
        self._patience = patience
        self._clock = clock
        self._stopping = stopping
        self.held: set[str] = set()
        """Names of programs that stay down once they have ended, while their name is in here (make chaos)."""

    def start(self) -> bool:
        """Start all tiers at once, and wait until they are ready, lowest first. Returns False when stopped meanwhile.

        Programs wait for those below by themselves, and load meanwhile. Raises Breakdown, with the end of the log, when
        a program keeps dying or is not ready in time.
        """
        for tier in self._tiers:
            self._say(f"Starting {', '.join(child.program.name for child in tier)}")
            for child in tier:
                child.start()
        everybody = [child for tier in self._tiers for child in tier]
        return all(self._wait_until_ready(tier, everybody) for tier in self._tiers)

    def watch(self) -> None:
        """Restart processes that die, until a signal to stop."""
        everybody = [child for tier in self._tiers for child in tier]
        while not self._stopping.wait(TICK):
            self._tend(everybody)

    def stop(self) -> None:
        """Stop the tiers, last one first; the processes of a tier in parallel."""
        for tier in reversed(self._tiers):
            for name in stop(tier, clock=self._clock):
                self._say(f"{name} did not stop in time and was killed")

    def _wait_until_ready(self, tier: Sequence[Child], started: Sequence[Child]) -> bool:
        deadline = self._clock() + self._patience
        waiting = list(tier)
        while True:
            self._tend(started)
            faults = {child: fault for child in waiting if (fault := _fault(child))}
            waiting = list(faults)
            if not waiting:
                return True
            self._give_up_on_the_hopeless(faults, late=self._clock() > deadline)
            if self._stopping.wait(START_TICK):
                return False

    def _tend(self, children: Sequence[Child]) -> None:
        for child in children:
            if child.program.name in self.held and not child.running:
                continue
            if news := child.tick():
                self._say(news)

    def _give_up_on_the_hopeless(self, faults: dict[Child, str], *, late: bool) -> None:
        for child, fault in faults.items():
            name = child.program.name
            if child.backoff.deaths_in_a_row >= DEATHS_AT_START:
                raise Breakdown(*child.last_lines(), f"{name} keeps dying; its log is {child.log}")
            if late:
                end = f"{name} was not ready within {self._patience:g} s: {fault}; its log is {child.log}"
                raise Breakdown(*child.last_lines(), end)


def _fault(child: Child) -> str | None:
    return child.program.check() if child.running else "not running"
