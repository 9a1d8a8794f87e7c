"""Runs an embedded Mayfly until the test run that wants it ends.

A script, which `embedded` starts with a Python that has mayfly_local.

It belongs to the run, not to the worker that asked first: a worker that is killed takes nothing down with it. The run
holds a lock on `run.lock`, which the kernel gives up at its end, whatever the end; so nothing outlives a killed run.

Usage: keeper.py FOLDER. Files there:
    run.lock      locked by the run
    keeper.lock   locked by this process
    server.json   where Mayfly is, once it is ready
    failed.txt    why it is not, otherwise
    keeper.log    what this process prints
"""

import fcntl
import json
import os
import shutil
import signal
import sys
import threading
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

RUN_HAS_ENDED = threading.Event()


def main(folder: Path) -> int:
    """Become a process of its own; return when Mayfly has stopped."""
    lock = os.open(folder / "keeper.lock", os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    if os.fork():
        return 0
    os.setsid()
    redirect(folder / "keeper.log")
    signal.signal(signal.SIGTERM, stop)
    threading.Thread(target=watch, args=(folder / "run.lock",), daemon=True).start()
    try:
        keep(folder)
    except Exception as error:  # noqa: BLE001 - whatever it is, the run has to hear of it
        write(folder / "failed.txt", f"{sys.executable}: {type(error).__name__}: {error}")
        return 1
    finally:
        if RUN_HAS_ENDED.is_set():
            shutil.rmtree(folder, ignore_errors=True)
    return 0


def keep(folder: Path) -> None:
    """Start Mayfly, say where it is, and wait for its end or for `stop`."""
    stack, ports, scratch = (import_module(f"mayfly_local.{name}") for name in ("stack", "ports", "scratch"))
    limitless = {"MAYFLY_PLANS_FILE": str(Path(__file__).with_name("plans.toml"))}
    with scratch.folder() as data, stack.Stack(data / "mayfly", ports.Ports(), limitless) as running:
        write(folder / "server.json", json.dumps(described(running)))
        code = running.process.wait()
        raise RuntimeError(f"Mayfly ended with code {code} before the tests did")


def described(running: Any) -> dict[str, Any]:
    """Return what a run has to know of it. The key stays in its file."""
    smtp = ["127.0.0.1", running.smtp_port]
    return {"url": running.http_url, "smtp": smtp, "key_file": str(running.data_dir / "api-key")}


def watch(lock: Path) -> None:
    """End this process once the run has ended."""
    with lock.open("r+") as file:
        fcntl.lockf(file, fcntl.LOCK_EX)
    RUN_HAS_ENDED.set()
    os.kill(os.getpid(), signal.SIGTERM)


def stop(*_: object) -> NoReturn:
    """Leave `keep`, which stops Mayfly; a second signal does not interrupt that."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sys.exit(0)


def redirect(log: Path) -> None:
    """Let go of the terminal and of the pipes of the run."""
    for source, flags, descriptors in (
        (os.devnull, os.O_RDONLY, (0,)),
        (str(log), os.O_WRONLY | os.O_CREAT | os.O_APPEND, (1, 2)),
    ):
        opened = os.open(source, flags, 0o600)
        for descriptor in descriptors:
            os.dup2(opened, descriptor)
        os.close(opened)


def write(path: Path, text: str) -> None:
    """Write a file in one piece: whoever sees it sees all of it."""
    fresh = path.with_suffix(".new")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
