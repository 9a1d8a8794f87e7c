"""Starts an embedded Mayfly for a test run, at most one, and stops it at the end.

A run is one process, or under pytest-xdist a controller and its workers. `Run` belongs to the process that began the
run; its folder is where workers meet: the first that needs a server starts it (`server_in`), the others find it there.
The server's own process is `keeper`.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_mayfly.server import Server, SmtpAddress

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

KEEPER = Path(__file__).with_name("keeper.py")
STOPPED_WITHIN = 60.0
PAUSE = 0.02
# Of the Python that runs the tests, and nothing for servers: -W error of a test run would end them.
OF_THE_TESTS = ("PYTHONWARNINGS", "PYTHONDEVMODE", "COVERAGE_PROCESS_START", "COV_CORE_SOURCE", "PYTEST_ADDOPTS")
OF_ANOTHER_PYTHON = ("PYTHONPATH", "PYTHONHOME")


class NoServer(Exception):
    """There is no Mayfly, and none could be started; the text says what to do."""


class Run:
    """A test run that may get an embedded Mayfly: its folder, and the lock that lives as long as the run."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="pytest-mayfly-"))
        self._pid = os.getpid()
        # POSIX locks belong to a process: children that tests fork do not hold it.
        self._lock = (self.folder / "run.lock").open("w")
        fcntl.lockf(self._lock, fcntl.LOCK_EX)

    def end(self) -> None:
        """Stop the server if there is one, wait for its end, and remove the folder; nothing in a forked child."""
        self._lock.close()
        if self._pid != os.getpid():
            return
        deadline = time.monotonic() + STOPPED_WITHIN
        while _is_held(self.folder / "keeper.lock") and time.monotonic() < deadline:
            time.sleep(PAUSE)
        shutil.rmtree(self.folder, ignore_errors=True)


def server_in(folder: Path, python: str | None) -> Server:
    """Return the server of the run with this folder, after starting it if nobody has. Raises NoServer."""
    if not folder.exists():
        raise NoServer("Workers on other machines need a Mayfly that runs: set MAYFLY_URL and MAYFLY_API_KEY.")
    with _locked(folder / "start.lock"):
        if not _is_known(folder) and not _is_held(folder / "keeper.lock"):
            _start(folder, _interpreter(python))
        return _wait(folder)


def _interpreter(configured: str | None) -> str:
    if configured:
        return configured
    if find_spec("mayfly_local"):
        return sys.executable
    raise NoServer(
        "No Mayfly to test with. Either name one that runs: --mayfly-url URL, mayfly_url in the ini file or "
        "MAYFLY_URL, with its key in MAYFLY_API_KEY. Or have one started for the run: install the package "
        "mayfly-local, or name a Python that has it: mayfly_python in the ini file or MAYFLY_PYTHON."
    )


def _start(folder: Path, python: str) -> None:
    try:
        started = subprocess.run(  # noqa: S603 - the program that the user configured
            [python, str(KEEPER), str(folder)],
            env=_environment(os.environ, python),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError as error:
        raise NoServer(f"The embedded Mayfly could not be started: {python}: {error.strerror}") from None
    if started.returncode:
        raise NoServer(f"The embedded Mayfly could not be started with {python}:\n{started.stderr.strip()}")


def _environment(inherited: Mapping[str, str], python: str) -> dict[str, str]:
    left_out = OF_THE_TESTS if python == sys.executable else OF_THE_TESTS + OF_ANOTHER_PYTHON
    return {name: value for name, value in inherited.items() if name not in left_out}


def _wait(folder: Path) -> Server:
    while not _is_known(folder) and _is_held(folder / "keeper.lock"):
        time.sleep(PAUSE)
    failed = folder / "failed.txt"
    if failed.exists():
        raise NoServer(f"The embedded Mayfly could not be started: {failed.read_text(encoding='utf-8')}")
    try:
        found = json.loads((folder / "server.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise NoServer(f"The embedded Mayfly ended while it started:\n{_log(folder)}") from None
    return Server(found["url"], SmtpAddress(*found["smtp"]), Path(found["key_file"]))


def _is_known(folder: Path) -> bool:
    return (folder / "failed.txt").exists() or (folder / "server.json").exists()


def _log(folder: Path) -> str:
    try:
        return (folder / "keeper.log").read_text(encoding="utf-8", errors="replace")[-4000:]
    except FileNotFoundError:
        return "(it printed nothing)"


def _is_held(path: Path) -> bool:
    try:
        with path.open("r+") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
