"""A supervised child process: starts it, restarts it after it dies, stops it.

`supervisor` drives children by calling `tick` a few times a second; `throwaway` uses them without restarts for tests.
Everything runs in the caller's thread, because the kernel ties a child to the thread that forked it (see `tether`).
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from mayfly_local.health import Check

RESTART_DELAYS = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 10.0)  # seconds before the first, second, ... start again in a row
STABLE_AFTER = 30.0  # seconds of life after which the delays start again
GRACE = 15.0  # seconds between SIGTERM and SIGKILL
LOG_LIMIT = 32 * 1024 * 1024  # octets; a longer log is renamed (one generation is kept) when its process starts
TETHER = Path(__file__).with_name("tether.py")

Clock = Callable[[], float]


@dataclass(frozen=True)
class Program:
    """What to run: a name for pid and log files, an absolute command line, its environment, and its health check.

    Where processor time is short: `nice` says how far it and its children give way to others (nice(1), 0 to 19), and
    `slice_us` the length of its turns in microseconds: the shorter, the sooner they come (0: the kernel's choice).
    """

    name: str
    argv: tuple[str, ...]
    check: Check
    env: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    nice: int = 0
    slice_us: int = 0


class Backoff:
    """Delay before the next start: none at first, longer while the process keeps dying early."""

    def __init__(self) -> None:
        self.deaths_in_a_row = 0

    def delay_after(self, lived: float) -> float:
        """Return the delay in seconds after a process died at the age of `lived` seconds."""
        if lived >= STABLE_AFTER:
            self.deaths_in_a_row = 0
        delay = RESTART_DELAYS[min(self.deaths_in_a_row, len(RESTART_DELAYS) - 1)]
        self.deaths_in_a_row += 1
        return delay


class Child:
    """A program under supervision, with `run/<name>.pid` and `log/<name>.log` below `folder`."""

    def __init__(self, program: Program, folder: Path, clock: Clock = time.monotonic) -> None:
        self.program = program
        self.log = folder / "log" / f"{program.name}.log"
        self.pid_file = folder / "run" / f"{program.name}.pid"
        self.backoff = Backoff()
        self._clock = clock
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self._due = 0.0

    def start(self) -> None:
        """Start the program in a session of its own, so that Ctrl-C reaches it only through an ordered stop."""
        turns = [str(self.program.nice), str(self.program.slice_us)]
        tether = [sys.executable, "-I", "-S", str(TETHER), str(os.getpid()), *turns]
        with _open_log(self.log) as log:
            self._process = subprocess.Popen(
                [*tether, *self.program.argv],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=dict(self.program.env),
                start_new_session=True,
            )
        self._started = self._clock()
        _write_pid(self.pid_file, self._process.pid)

    @property
    def running(self) -> bool:
        """Whether the process runs; collects its exit code when it has ended."""
        return self._process is not None and self._process.poll() is None

    def tick(self) -> str | None:
        """Detect a death, or restart when it is due. Returns the line to print about a death."""
        if self.running:
            return None
        if self._process is None:
            if self._clock() >= self._due:
                self.start()
            return None
        how = describe(self._process.returncode)
        self._bury(self._process)
        delay = self.backoff.delay_after(self._clock() - self._started)
        self._due = self._clock() + delay
        return f"{self.program.name} {how}; starting it again" + (f" in {delay:g} s" if delay else "")

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the process, not to its own children."""
        if self._process and self.running:
            self._process.send_signal(number)

    def end(self, timeout: float) -> bool:
        """Wait until the process has ended and clean up after it. False: it still runs after `timeout` seconds."""
        if self._process is None:
            return True
        try:
            self._process.wait(max(timeout, 0.0))
        except subprocess.TimeoutExpired:
            return False
        self._bury(self._process)
        return True

    def last_lines(self, count: int = 15) -> list[str]:
        """Return the end of the log."""
        with suppress(OSError), self.log.open("rb") as log:
            log.seek(max(0, self.log.stat().st_size - 65536))
            return log.read().decode(errors="replace").splitlines()[-count:]
        return []

    def _bury(self, process: subprocess.Popen[bytes]) -> None:
        # Its own children share its process group and must not outlive it.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        self.pid_file.unlink(missing_ok=True)
        self._process = None


def stop(children: Iterable[Child], grace: float = GRACE, clock: Clock = time.monotonic) -> list[str]:
    """Stop children in parallel: SIGTERM, then SIGKILL after `grace` seconds. Returns the names of those killed."""
    waiting = list(children)
    for child in waiting:
        child.signal(signal.SIGTERM)
    deadline = clock() + grace
    stubborn = [child for child in waiting if not child.end(deadline - clock())]
    for child in stubborn:
        child.signal(signal.SIGKILL)
        child.end(GRACE)
    return [child.program.name for child in stubborn]


def describe(returncode: int) -> str:
    """Say in words how a process ended."""
    if returncode < 0:
        return f"was killed by {signal.Signals(-returncode).name}"
    return f"ended with exit code {returncode}"


def _open_log(path: Path) -> BinaryIO:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > LOG_LIMIT:
        path.replace(path.with_suffix(".log.1"))
    return path.open("ab")


def _write_pid(path: Path, pid: int) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_text(f"{pid}\n")
    fresh.replace(path)
