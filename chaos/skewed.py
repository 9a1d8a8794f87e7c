"""Runs a service whose clock can be moved: `python -m chaos.skewed <file> <module>`.

The file holds eight octets: the offset in seconds as a float, which `faults` changes while the service runs.
`time.time`, `time.time_ns` and `datetime.now` are moved, so all Python code of the process is: ours, and that of the
drivers and frameworks. Not moved: the monotonic clock (it never jumps), what compiled code asks the kernel itself (such
as the time in a UUIDv7), child processes, mongod and nats-server.
"""

import ctypes
import datetime as dt
import gc
import mmap
import os
import runpy
import struct
import sys
import time
from collections.abc import Callable
from pathlib import Path

SIZE = struct.calcsize("d")


def write_offset(path: Path, seconds: float) -> None:
    """Move the clock of the process that runs with this file; creates the file."""
    with path.open("r+b" if path.exists() else "wb") as file:
        file.write(struct.pack("d", seconds))


def offset_of(path: Path) -> Callable[[], float]:
    """Return a function that returns the offset in the file, whenever it is called."""
    handle = os.open(path, os.O_RDONLY)
    shared = mmap.mmap(handle, SIZE, prot=mmap.PROT_READ)
    os.close(handle)
    return lambda: float(struct.unpack("d", shared[:SIZE])[0])


def move(offset: Callable[[], float]) -> None:
    """Replace the clocks of this process by ones that add the offset."""
    true_time, true_time_ns, true_now = time.time, time.time_ns, dt.datetime.now

    def now(kind: type[dt.datetime], tz: dt.tzinfo | None = None) -> dt.datetime:
        del kind
        return true_now(tz) + dt.timedelta(seconds=offset())

    time.time = lambda: true_time() + offset()
    time.time_ns = lambda: true_time_ns() + int(offset() * 1e9)
    # A type written in C refuses new attributes; its dictionary does not. CPython has to be told, for its cache.
    attributes = gc.get_referents(dt.datetime.__dict__)[0]
    attributes["now"] = classmethod(now)
    ctypes.pythonapi.PyType_Modified(ctypes.py_object(dt.datetime))


def main() -> None:
    path, module = sys.argv[1:3]
    move(offset_of(Path(path)))
    sys.argv = [module]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
