"""The data folder: locked by one supervisor at a time; holds secrets that only the user can read.

`__main__` locks it before anything else; `first_run` writes the first API key to it.
"""

import fcntl
import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mayfly_local.faults import Refusal


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Lock the folder for this process. Raises Refusal when another one holds it. The lock ends with the process."""
    try:
        (folder / "run").mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(folder / "run" / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise Refusal(f"The data folder {folder} cannot be used ({error.strerror}): set MAYFLY_DATA_DIR.") from None
    try:
        _take(lock, folder)
        yield
    finally:
        os.close(lock)


def _take(lock: int, folder: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.pread(lock, 32, 0).decode().strip() or "unknown"
        raise Refusal(
            f"Mayfly already runs on {folder} (pid {holder}): stop it, or set MAYFLY_DATA_DIR to another folder."
        ) from None
    os.truncate(lock, 0)
    os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)


def secret(path: Path) -> str:
    """Return the secret in the file; create it (256 random bits, mode 0600) when the file does not exist."""
    if not path.exists():
        write_private(path, secrets.token_urlsafe(32))
    return path.read_text().strip()


def write_private(path: Path, text: str) -> None:
    """Write a file with mode 0600, atomically."""
    handle, fresh = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(handle, "w") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
    Path(fresh).replace(path)
