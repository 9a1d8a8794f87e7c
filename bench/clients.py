"""Benchmark of the Python client: what it adds to a wait over a bare socket, in one run; and what importing it costs.

Each round asks for the same code of a mail that is there: over a socket with a request written beforehand, by `Mayfly`
and by `AsyncMayfly`, in turns, on connections that stay open. Goals: 2 ms more than the socket at most; import in 60 ms
in each Python that the machine has.

    python -m bench.clients
"""

import asyncio
import os
import shutil
import socket
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench.plans import unlimited
from mayfly_local.stack import Stack
from mayfly_mail import AsyncMayfly, Mayfly

ROUNDS = 400
IMPORTS = 11
SOURCE = Path(__file__).parent.parent / "clients/python/mayfly-mail/src"
VERSIONS = ("3.10", "3.11", "3.12", "3.13")
PROGRAMS = {
    "import mayfly_mail": "import mayfly_mail",
    "Mayfly(url)": "from mayfly_mail import Mayfly; Mayfly('http://127.0.0.1:1')",
    "AsyncMayfly(url)": "from mayfly_mail import AsyncMayfly; AsyncMayfly('http://127.0.0.1:1')",
}


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        env = {"MAYFLY_PLANS_FILE": str(unlimited(Path(folder)))}
        with Stack(Path(folder) / "data", env=env) as stack, Mayfly(stack.http_url, stack.api_key) as mayfly:
            inbox = mayfly.inbox()
            inbox.inject(subject="Your code", body="Your verification code is 482193")
            inbox.wait_for_code(timeout=10)
            _compare(_ways(stack, inbox.id, lambda: inbox.wait_for_code(timeout=10)))
    print(f"load average {os.getloadavg()[0]:.1f}")
    for version in VERSIONS:
        _imports(version)


def _ways(stack: Stack, inbox_id: str, blocking: Callable[[], str]) -> dict[str, Callable[[], object]]:
    """The three ways to ask for the code, each ready to be timed."""
    loop = asyncio.new_event_loop()
    client = AsyncMayfly(stack.http_url, stack.api_key)
    inbox = loop.run_until_complete(client.open(inbox_id))  # type: ignore[arg-type]
    peer = socket.create_connection(("127.0.0.1", stack.http_port))
    peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    target = f"/api/v1/inboxes/{inbox_id}/messages/wait?has_otp=true&timeout=10"
    request = f"GET {target} HTTP/1.1\r\nHost: x\r\nX-API-Key: {stack.api_key}\r\n\r\n".encode()
    return {
        "socket": lambda: _asked(peer, request),
        "Mayfly": blocking,
        "AsyncMayfly": lambda: loop.run_until_complete(inbox.wait_for_code(timeout=10)),
    }


def _asked(peer: socket.socket, request: bytes) -> bytes:
    """Send the request; read the response by its Content-Length."""
    peer.sendall(request)
    received = peer.recv(65536)
    while b"\r\n\r\n" not in received:
        received += peer.recv(65536)
    head, _, body = received.partition(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
    while len(body) < length:
        body += peer.recv(65536)
    return body


def _compare(ways: dict[str, Callable[[], object]]) -> None:
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(ROUNDS + 20):
        for name, ask in ways.items():
            started = time.perf_counter()
            ask()
            if number >= 20:  # the first ones warm up
                taken[name].append(time.perf_counter() - started)
    bare = statistics.median(taken["socket"])
    print(f"A wait for a mail that is there, {ROUNDS} rounds in turns:")
    for name, seconds in taken.items():
        cuts = statistics.quantiles(seconds, n=100)
        more = statistics.median(seconds) - bare
        print(
            f"{name:>16}: p50 {cuts[49] * 1e3:5.2f} ms   p99 {cuts[98] * 1e3:5.2f} ms   "
            f"{more * 1e3:+5.2f} ms   ratio {statistics.median(seconds) / bare:4.2f}"
        )


def _imports(version: str) -> None:
    """Print the medians of this Python, if the machine has it."""
    python = shutil.which(f"python{version}") or ""
    works = python and subprocess.run([python, "-c", ""], capture_output=True, check=False).returncode == 0
    found = [Path(python)] if works else sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python"))
    if not found:
        print(f"Python {version}: not on this machine")
        return
    figures = [f"{name} {_import_time(found[0], program):.0f} ms" for name, program in PROGRAMS.items()]
    print(f"Python {version}: {', '.join(figures)}")


def _import_time(python: Path, program: str) -> float:
    """Milliseconds of CPU time of a program, the median of several processes, without the interpreter's own start."""
    timed = (
        f"import sys, time; sys.path.insert(0, {str(SOURCE)!r}); started = time.process_time()\n"
        f"{program}\nprint(time.process_time() - started)"
    )
    runs = [subprocess.run([python, "-I", "-c", timed], capture_output=True, check=True) for _ in range(IMPORTS)]
    return statistics.median(float(run.stdout) for run in runs) * 1e3


if __name__ == "__main__":
    main()
