"""`python -m mayfly_local`: runs all of Mayfly in the foreground until Ctrl-C or SIGTERM.

The composition root of the embedded stack: settings, lock, plan, supervisor. Called by `make run`.
"""

import mayfly_local.imports  # noqa: F401 - before what it keeps out

# isort: split
import os
import shlex
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from threading import Event

from mayfly_local import data_dir, plan, settings
from mayfly_local.faults import Fault
from mayfly_local.first_run import make_first_account
from mayfly_local.settings import Settings
from mayfly_local.supervisor import Supervisor, Tier

READY = "Mayfly is ready"


def main() -> int:
    """Run until a signal to stop; return the exit code."""
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
    """Start, watch, stop. Raises Fault when the start fails, after stopping everything."""
    chosen = plan.without_taken_mailpit_ports(chosen, say)
    supervisor = Supervisor(tiers(chosen), chosen.data_dir, say, stopping)
    try:
        if supervisor.start():
            token = plan.admin_token(chosen)
            make_first_account(chosen.http_url, token, chosen.data_dir / "api-key")
            say(greeting(chosen))
            supervisor.watch()
    finally:
        say("Stopping")
        supervisor.stop()
    say("Stopped")


def listen_for_signals(stopping: Event) -> None:
    """Stop in order on Ctrl-C, SIGTERM and a closed terminal."""
    signals = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # nohup
        signals.append(signal.SIGHUP)
    for number in signals:
        signal.signal(number, lambda *_: stopping.set())


def greeting(chosen: Settings) -> str:
    """Return the lines to print when everything is ready: URLs, ports and the key file."""
    key = chosen.data_dir / "api-key"
    where = str(key) if key.exists() else "create one with the admin token"
    clients = f"export MAYFLY_URL={chosen.http_url} MAYFLY_API_KEY_FILE={shlex.quote(str(key.absolute()))}"
    return "\n".join(
        (
            READY,
            f"  Page  {chosen.http_url}/" if chosen.web_dir else "  Page  none: `make web` builds it, or says why not",
            f"  API   {chosen.http_url}/api/v1",
            f"  Docs  {chosen.http_url}/docs",
            f"  SMTP  {chosen.peer_host}:{chosen.ports['MAYFLY_SMTP_PORT']} for @{', @'.join(chosen.domains)}",
            f"  Key   {where}",
            *([f"  Clients: {clients}"] if key.exists() else []),
            *_default_space(chosen),
        )
    )


def _default_space(chosen: Settings) -> Iterator[str]:
    """Yield the lines on the ports that take any address, and show its mail, without credentials."""
    smtp, http = (chosen.mailpit_ports[name] for name in ("MAYFLY_MAILPIT_SMTP_PORT", "MAYFLY_MAILPIT_HTTP_PORT"))
    if smtp:
        yield f"  Any address: SMTP {chosen.peer_host}:{smtp}, as with Mailpit and MailHog"
    if http:
        yield f"  Its mail:    {chosen.url(http)}, as Mailpit's and MailHog's API"


def say(line: str) -> None:
    """Print a line. A closed terminal or pipe must neither interrupt the stop nor change the exit code."""
    try:
        print(line, flush=True)
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
