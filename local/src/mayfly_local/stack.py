"""All of Mayfly for system tests: runs `python -m mayfly_local` in its own folder, on free ports.

`pytest_plugin` keeps one for the session; tests that kill or restart processes create their own. It uses only what a
user could: environment, signals, files and output.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Self

from mayfly_local import servers
from mayfly_local.ports import Ports
from mayfly_local.processes import TETHER

READY_WITHIN = 120.0
STOPPED_WITHIN = 60.0
DEFAULTS = {"MAYFLY_WEBHOOK_ALLOW_CIDRS": "127.0.0.0/8", "MAYFLY_MAILPIT_CHAOS": "true"}
PORTS = (
    "MAYFLY_HTTP_PORT",
    "MAYFLY_SMTP_PORT",
    "MAYFLY_NATS_PORT",
    "MAYFLY_MONGO_PORT",
    "MAYFLY_MAILPIT_HTTP_PORT",
    "MAYFLY_MAILPIT_SMTP_PORT",
)


class Stack:
    """One run of Mayfly on `data_dir`. `start` and `stop` can be called repeatedly; the ports stay the same."""

    def __init__(self, data_dir: Path, ports: Ports | None = None, env: Mapping[str, str] | None = None) -> None:
        ports = ports or Ports()
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("MAYFLY_")}
        own = {name: str(ports.take()) for name in PORTS}
        self.data_dir = data_dir
        self.env = {**inherited, **DEFAULTS, **own, "MAYFLY_DATA_DIR": str(data_dir), **(env or {})}
        self.output = data_dir / "log" / "supervisor.log"
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def http_port(self) -> int:
        return int(self.env["MAYFLY_HTTP_PORT"])

    @property
    def smtp_port(self) -> int:
        return int(self.env["MAYFLY_SMTP_PORT"])

    @property
    def http_url(self) -> str:
        return f"http://127.0.0.1:{self.http_port}"

    @property
    def mailpit_smtp_port(self) -> int:
        return int(self.env["MAYFLY_MAILPIT_SMTP_PORT"])

    @property
    def mailpit_url(self) -> str:
        return f"http://127.0.0.1:{self.env['MAYFLY_MAILPIT_HTTP_PORT']}"

    @property
    def mongo_uri(self) -> str:
        return self.env.get("MAYFLY_MONGO_URI", servers.mongo_uri(int(self.env["MAYFLY_MONGO_PORT"])))

    @property
    def nats_url(self) -> str:
        return self.env.get("MAYFLY_NATS_URL", servers.nats_url(int(self.env["MAYFLY_NATS_PORT"])))

    @property
    def admin_token(self) -> str:
        return self.env.get("MAYFLY_ADMIN_TOKEN") or (self.data_dir / "admin-token").read_text().strip()

    @property
    def api_key(self) -> str:
        return (self.data_dir / "api-key").read_text().strip()

    def probe_url(self, name: str) -> str:
        """Return where a process (`parser`, `parser-2`) serves /livez, /readyz and /metrics."""
        probes = json.loads((self.data_dir / "run" / "probes.json").read_text())
        return f"http://127.0.0.1:{probes[name]}"

    def pid(self, name: str) -> int | None:
        """Return the pid of a process, or None while it is not running (between a death and its restart)."""
        try:
            return int((self.data_dir / "run" / f"{name}.pid").read_text())
        except FileNotFoundError:
            return None

    def kill(self, name: str) -> int:
        """Send SIGKILL to a process and wait until it was restarted; return the new pid."""
        old = self.pid(name)
        if old is None:
            raise ProcessLookupError(f"{name} is not running")
        os.kill(old, signal.SIGKILL)
        self._wait(lambda: self.pid(name) not in (None, old), 15.0, f"{name} was not started again")
        return self.pid(name) or 0

    def log(self, name: str) -> str:
        """Return the log of a process, of this run and earlier ones on the same folder."""
        return (self.data_dir / "log" / f"{name}.log").read_text(errors="replace")

    def printed(self) -> str:
        """Return the supervisor's output since the last start."""
        return self.output.read_text() if self.output.exists() else ""

    def start(self) -> Self:
        """Start and wait for `Mayfly is ready`. Raises RuntimeError with the output when that does not come."""
        self.launch()
        try:
            self._wait(lambda: "Mayfly is ready" in self.printed(), READY_WITHIN, "Mayfly did not become ready")
        except BaseException:
            self.stop()
            raise
        return self

    def launch(self) -> None:
        """Start without waiting."""
        self.output.parent.mkdir(parents=True, exist_ok=True)
        tether = [sys.executable, "-I", "-S", str(TETHER), str(os.getpid()), "0", "0"]
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [*tether, sys.executable, "-m", "mayfly_local"],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=self.env,
                start_new_session=True,
            )

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send the signal and wait for the end; return the exit code (0 when it was not started)."""
        if self.process is None:
            return 0
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            return self.process.wait(STOPPED_WITHIN)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise
        finally:
            self.process = None

    def wait(self) -> int:
        """Wait for the process to end; return the exit code."""
        if self.process is None:
            raise ProcessLookupError("not started")
        return self.process.wait(STOPPED_WITHIN)

    def _wait(self, condition: Callable[[], bool], timeout: float, complaint: str) -> None:
        deadline = time.monotonic() + timeout
        while not condition():
            ended = self.process is not None and self.process.poll() is not None
            if (ended and not condition()) or time.monotonic() > deadline:
                raise RuntimeError(f"{complaint}:\n{self.printed()}")
            time.sleep(0.02)
