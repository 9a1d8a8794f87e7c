"""A folder for the data of servers that tests start: in memory where there is room for it. Used by `pytest_plugin`.

Servers sync what they write, and most of such a test is waiting for the disk: on a busy one, the indexes of a new
database take 0.5 to 1 s, in memory 0.1 s. A killed process loses nothing in either. `make run` and benches use disks.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MEMORY = Path("/dev/shm")  # noqa: S108 - made with mkdtemp, in a folder that every user may write to
ROOM = 4 * 1024**3
"""Octets that have to be free there, and as memory. The servers of two workers and a stack took 0.4 GiB (measured)."""


@contextmanager
def folder(memory: Path = MEMORY, room: int = ROOM) -> Iterator[Path]:
    """A new folder that is deleted at the end: in `memory` if it has `room`, else where temporary files are.

    What a run left that was killed is deleted first: nobody holds its lock any more.
    """
    place = memory if _has(memory, room) else Path(tempfile.gettempdir())
    prefix = f"mayfly-scratch-{os.getuid()}-"
    # Nobody may take a folder for a left one before its maker has locked it.
    with _locked(place / f"{prefix}lock", os.O_CREAT | os.O_RDWR):
        for left in place.glob(f"{prefix}*.d"):
            _delete_if_left(left)
        made = Path(tempfile.mkdtemp(prefix=prefix, suffix=".d", dir=place))
        held = os.open(made, os.O_RDONLY)
        fcntl.flock(held, fcntl.LOCK_EX)
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)
        os.close(held)


def _has(memory: Path, room: int) -> bool:
    try:
        free = shutil.disk_usage(memory).free
        lines = Path("/proc/meminfo").read_text().splitlines()
    except OSError:
        return False
    available = next((int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:")), 0)
    return min(free, available) >= room


@contextmanager
def _locked(path: Path, flags: int, operation: int = fcntl.LOCK_EX) -> Iterator[None]:
    """Hold the lock of a file or folder. Raises BlockingIOError when another has it and `operation` does not wait."""
    descriptor = os.open(path, flags, 0o600)
    try:
        fcntl.flock(descriptor, operation)
        yield
    finally:
        os.close(descriptor)


def _delete_if_left(path: Path) -> None:
    try:
        with _locked(path, os.O_RDONLY, fcntl.LOCK_EX | fcntl.LOCK_NB):
            shutil.rmtree(path, ignore_errors=True)
    except OSError:
        return  # in use, or just deleted
