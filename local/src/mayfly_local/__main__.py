"""`python -m mayfly_local`: runs the whole of Mayfly in the foreground until Ctrl-C or SIGTERM.

The composition root of the embedded stack: settings, lock, plan, supervisor. `make run` execs it.
"""

import os
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from threading import Event

from mayfly_local import data_dir, plan, settings
from mayfly_local.faults import Fault
from mayfly_local.first_run import make_first_account
from mayfly_local.settings import Settings
from mayfly_local.supervisor import Supervisor, Tier

READY = "Mayfly is ready"


def main() -> int:
    """Run until asked to stop; return the exit code."""
    stopping = Event()
    listen_for_signals(stopping)
    try:
        chosen = settings.read(os.environ)
        with data_dir.locked(chosen.data_dir):
            run(chosen, stopping)
    except Fault as fault:
        with suppress(OSError):
            print(*fault.lines, sep="\n", file=sys.stderr, flush=True)
        return fault.exit_code
    return 0


def run(chosen: Settings, stopping: Event, tiers: Callable[[Settings], Sequence[Tier]] = plan.tiers) -> None:
    """Start, watch, stop. Raises Fault when it could not start; everything is stopped again then."""
    supervisor = Supervisor(tiers(chosen), chosen.data_dir, say, stopping)
    try:
        if supervisor.start():
            make_first_account(chosen.http_url, plan.admin_token(chosen), chosen.data_dir / "api-key")
            say(greeting(chosen))
            supervisor.watch()
    finally:
        say("Stopping")
        supervisor.stop()
    say("Stopped")


def listen_for_signals(stopping: Event) -> None:
    """Take Ctrl-C, SIGTERM and a closed terminal as the wish to stop in order."""
    wishes = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # nohup
        wishes.append(signal.SIGHUP)
    for wish in wishes:
        signal.signal(wish, lambda *_: stopping.set())


def greeting(chosen: Settings) -> str:
    """Return the lines that promise: everything answers, here is where."""
    key = chosen.data_dir / "api-key"
    where = str(key) if key.exists() else "make one with the admin token"
    return "\n".join(
        (
            READY,
            f"  API   {chosen.http_url}/api/v1",
            f"  Docs  {chosen.http_url}/docs",
            f"  SMTP  {chosen.peer_host}:{chosen.ports['MAYFLY_SMTP_PORT']} for @{', @'.join(chosen.domains)}",
            f"  Key   {where}",
        )
    )


def say(line: str) -> None:
    """Tell the person. A terminal or pipe that is gone must neither stop the stop nor change the exit code."""
    try:
        print(line, flush=True)
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
