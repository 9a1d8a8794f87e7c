"""`mayfly doctor`: goes the way of a mail, step by step, and says at which step it ends and what to do about it.

Each step gives the next one what it found out. The inbox that it makes is removed at the end, whatever happened.
"""

from __future__ import annotations

import secrets
import smtplib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from cyclopts import App, Parameter

from mayfly_mail.cli.exits import Exit, Failure, classify, key_source
from mayfly_mail.cli.failing import without_key
from mayfly_mail.cli.invocation import NONE, Options, Session, told, usable
from mayfly_mail.cli.sending import SENDER, Server, announced, composed, connected, deliver, parsed
from mayfly_mail.cli.text import duration, one_line

if TYPE_CHECKING:
    from mayfly_mail import Inbox, Message

T = TypeVar("T")
KEY_FILE = Path(".mayfly/api-key")
PATIENCE = 0.5
"""Seconds that a call is tried again: a doctor says what is wrong now."""
CONNECT_SECONDS = 10.0
INBOX_SECONDS = 600

app = App(
    name="doctor",
    help_epilogue=told(
        "mayfly doctor",
        "mayfly doctor --url https://mail.example --smtp mail.example:25 --json",
        codes="0 all is well; 1 the mail or its code did not come; 2 the configuration; 3 refused; 4 unreachable",
    ),
)


@dataclass
class Found:
    """What the steps so far found out."""

    session: Session
    smtp: str | None
    wait: float
    code: str = field(default_factory=lambda: str(secrets.randbelow(900_000) + 100_000))
    inbox: Inbox | None = None
    server: Server | None = None
    mark: int | None = None
    message: Message | None = None


@dataclass(frozen=True)
class Step:
    """One step: its name, what it does (it returns what to say), and what to do if it fails."""

    name: str
    do: Callable[[Found], str]
    advice: str


@app.default
def doctor(
    *,
    smtp: Annotated[str | None, Parameter(help="HOST:PORT of the SMTP server; default: what the server says.")] = None,
    timeout: Annotated[str, Parameter(help="How long the mail may take.")] = "15",
    common: Options = NONE,
) -> int:
    """Send a mail to yourself, and say at which step it stopped."""
    seconds = usable(duration, timeout)
    with Session(common, patience=PATIENCE) as session:
        found = Found(session, smtp, seconds)
        with _cleaned_up(found):
            return _examine(found)


def _examine(found: Found) -> int:
    out, report = found.session.out, []
    code = Exit.OK
    for step in STEPS:
        began = time.monotonic()
        entry: dict[str, Any] = {"step": step.name, "ok": True}
        try:
            with out.progress(step.name):
                entry["found"] = one_line(step.do(found))
        except Exception as error:
            if found.session.common.debug or (classified := classify(error)) is None:
                raise
            code = classified
            entry |= {"ok": False, "found": without_key(str(error)), "advice": step.advice}
        entry["milliseconds"] = round((time.monotonic() - began) * 1000)
        report.append(entry)
        if not out.as_json:
            _print(found, entry)
        if code:
            break
    if out.as_json:
        out.document({"ok": not code, "exit_code": int(code), "steps": report})
    return code


def _print(found: Found, entry: dict[str, Any]) -> None:
    out = found.session.out
    mark, style = ("ok  ", "green") if entry["ok"] else ("FAIL", "red")
    out.line(f"{mark} {entry['step']}: {entry['found']}", style, now=True)
    if not entry["ok"]:
        out.line(f"     {entry['advice']}", now=True)


def _configured(found: Found) -> str:
    source = key_source()
    client = found.session.client
    if source is None:
        here = f" (there is one here: export MAYFLY_API_KEY_FILE={KEY_FILE})" if KEY_FILE.is_file() else ""
        raise Failure(f"there is no API key{here}", Exit.USAGE, code="no_key")
    return f"{client.url}, API key from {source}"


def _reached(found: Found) -> str:
    from mayfly_mail import Forbidden, NotFound, Unauthorized

    client = found.session.client
    health = client.health()
    try:
        client.domains()
    except NotFound:
        text = f"{client.url} answers, but not with Mayfly's API: is it the port that speaks Mailpit's?"
        raise Failure(text, Exit.REFUSED, code="not_mayfly") from None
    except (Forbidden, Unauthorized):
        pass  # the next step says what is wrong with the key
    return f"{found.session.client.url} answers: {health.status}"


def _known(found: Found) -> str:
    from mayfly_mail import Forbidden

    try:
        return f"the key is of an account with the plan {found.session.client.account().plan}"
    except Forbidden:
        return "the key is valid, with limited rights"


def _made(found: Found) -> str:
    found.inbox = found.session.client.inbox(label="mayfly doctor", ttl=INBOX_SECONDS)
    found.mark = found.inbox.cursor()
    return found.inbox.address


def _connected(found: Found) -> str:
    server = found.server = parsed(found.smtp) if found.smtp else announced(found.session)
    try:
        with connected(server, CONNECT_SECONDS) as peer:
            peer.noop()
    except (OSError, smtplib.SMTPException) as error:
        raise Failure(
            f"SMTP at {server} cannot be reached: {error}", Exit.UNREACHABLE, code="smtp_unreachable"
        ) from None
    return str(server)


def _sent(found: Found) -> str:
    inbox, server = _given(found.inbox), _given(found.server)
    mail = composed(inbox.address, code=found.code, link=None, subject=f"mayfly doctor {found.code}")
    return deliver(server, mail, SENDER, inbox.address)


def _arrived(found: Found) -> str:
    began = time.monotonic()
    found.message = _given(found.inbox).wait_for_message(subject=found.code, after=found.mark, timeout=found.wait)
    return f"after {time.monotonic() - began:.2f} s"


def _read(found: Found) -> str:
    code = _given(found.message).code
    if code != found.code:
        raise Failure(
            f"the mail says {found.code}, the code found is {code or 'none'}", Exit.NOT_FOUND, code="wrong_code"
        )
    return f"{code} ({code.confidence:.0%} sure)"


def _cleaned(found: Found) -> str:
    inbox, found.inbox = _given(found.inbox), None
    inbox.delete()
    return f"{inbox.address} is removed"


STEPS = (
    Step(
        "configuration",
        _configured,
        "export MAYFLY_API_KEY=..., or MAYFLY_API_KEY_FILE=path; the server: MAYFLY_URL or --url",
    ),
    Step("server", _reached, "is Mayfly running there? `make run` starts one; name another with MAYFLY_URL or --url"),
    Step("API key", _known, "the key is wrong or revoked, or of another server: make a new one there"),
    Step("inbox", _made, "the plan may allow no more inboxes: `mayfly inbox ls`, `mayfly inbox rm`"),
    Step(
        "SMTP",
        _connected,
        "is the port published, and no firewall in between? Name another server with --smtp HOST:PORT",
    ),
    Step("mail", _sent, "this SMTP server does not take mail for the inbox's domain: is it Mayfly's own?"),
    Step(
        "arrival",
        _arrived,
        "SMTP has taken the mail, but it is not in the inbox: is the parser running, is the broker full?",
    ),
    Step("code", _read, "the mail is there, its code is not: please report this"),
    Step("clean-up", _cleaned, "the inbox could not be removed; it ends by itself in ten minutes"),
)


@contextmanager
def _cleaned_up(found: Found) -> Iterator[None]:
    """Remove the inbox also when a step failed; that this fails too is no news then."""
    try:
        yield
    finally:
        if found.inbox is not None:
            with suppress(Exception):
                found.inbox.delete()


def _given(value: T | None) -> T:
    """Return what an earlier step has found; without it no later one runs."""
    assert value is not None
    return value
