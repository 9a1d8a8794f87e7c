"""`mayfly webhooks`: endpoints, the log of their deliveries, and checking a signature without a server."""

from __future__ import annotations

import os
import sys
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import App, Parameter

from mayfly_mail.cli.exits import Exit, Failure
from mayfly_mail.cli.invocation import NONE, Options, Session, told
from mayfly_mail.cli.text import clock

if TYPE_CHECKING:
    from collections.abc import Sequence

SECRET = "MAYFLY_WEBHOOK_SECRET"  # noqa: S105 - the name of a variable

app = App(name="webhooks")

Kind = Literal["message.received", "inbox.expired", "endpoint.disabled"]
Events = Annotated[
    list[Kind] | None, Parameter(name="--events", help="Only this kind of event (repeat it); default: all.")
]
Status = Literal["pending", "delivered", "failed"]


@app.command(help_epilogue=told("mayfly webhooks ls", codes="0 ok; 2 no API key; 3 refused; 4 unreachable"))
def ls(*, common: Options = NONE) -> None:
    """List the endpoints of your account."""
    with Session(common) as session:
        found = session.client.webhooks.list()
        if common.json:
            session.out.document(found)
            return
        rows = [
            (each.id, _state(each.enabled, each.disabled_reason), each.format, each.inbox_id or "all", each.url)
            for each in found
        ]
        session.out.table(("ID", "STATE", "FORMAT", "INBOX", "URL"), rows, empty="no webhooks")


@app.command(
    help_epilogue=told(
        "mayfly webhooks new https://shop.example/mail-hook",
        "mayfly webhooks new https://shop.example/mail-hook --inbox $ADDRESS --events message.received --json",
        codes="0 made; 2 no API key; 3 refused; 4 unreachable",
    )
)
def new(
    url: Annotated[str, Parameter(help="Where events are posted to.")],
    /,
    *,
    inbox: Annotated[str | None, Parameter(help="Only events of this inbox.")] = None,
    events: Events = None,
    format_: Annotated[
        Literal["standard", "vaultmail", "ephemask"], Parameter(name="--format", help="Form of body and signature.")
    ] = "standard",
    description: Annotated[str, Parameter(help="Words for you.")] = "",
    common: Options = NONE,
) -> None:
    """Make an endpoint and print its id and its secret, which is shown this once."""
    with Session(common) as session:
        made = session.client.webhooks.create(
            url, inbox=inbox, events=tuple(events or ()), format=format_, description=description
        )
        session.out.result(made, f"{made.id}\n{made.secret}")


@app.command(
    help_epilogue=told(
        "mayfly webhooks attempts 01a1...",
        "mayfly webhooks attempts 01a1... --status failed",
        "mayfly webhooks attempts --delivery 01b2...",
        codes="0 ok, also without any; 2 usage; 3 refused; 4 unreachable",
    )
)
def attempts(
    webhook: Annotated[str | None, Parameter(help="Id of the endpoint.")] = None,
    /,
    *,
    delivery: Annotated[str | None, Parameter(help="Id of one delivery: show each of its attempts.")] = None,
    status: Annotated[Status | None, Parameter(help="Only deliveries with this status.")] = None,
    limit: Annotated[int, Parameter(help="How many at most.")] = 50,
    common: Options = NONE,
) -> None:
    """Show what became of the deliveries of an endpoint, the newest first."""
    if (webhook is None) == (delivery is None):
        raise Failure("name an endpoint, or a --delivery", Exit.USAGE, code="usage")
    with Session(common) as session:
        if webhook is None:
            _show_attempts(session, str(delivery))
            return
        found = session.client.webhooks.deliveries(webhook, status=status, limit=limit)
        if common.json:
            session.out.document(found)
            return
        rows = [
            (
                e.id,
                e.status,
                e.event_type,
                clock(e.created_at),
                e.attempt_count,
                e.last_status or e.last_error,
                clock(e.next_attempt_at),
            )
            for e in found
        ]
        session.out.table(
            ("DELIVERY", "STATUS", "EVENT", "AT", "ATTEMPTS", "ANSWER", "NEXT"), rows, empty="no deliveries"
        )


def _show_attempts(session: Session, delivery: str) -> None:
    found = session.client.webhooks.delivery(delivery)
    if session.common.json:
        session.out.document(found)
        return
    rows = [
        (e.number, clock(e.at), e.status, f"{e.duration * 1000:.0f} ms", e.error or e.answer) for e in found.attempts
    ]
    session.out.table(("NUMBER", "AT", "STATUS", "TOOK", "ANSWER"), rows, empty="no attempts yet")


@app.command(
    help_epilogue=told(
        "mayfly webhooks resend 01b2...",
        codes="0 scheduled; 3 refused, for example while one is pending; 4 unreachable",
    )
)
def resend(
    first: Annotated[str, Parameter(help="Id of a delivery.")],
    /,
    *others: Annotated[str, Parameter(help="More ids.")],
    common: Options = NONE,
) -> None:
    """Send deliveries again, with the same id and body."""
    with Session(common) as session:
        for each in (first, *others):
            session.client.webhooks.redeliver(each)
        session.out.result({"resent": [first, *others]}, "\n".join((first, *others)))


@app.command(
    help_epilogue=told(
        "mayfly webhooks verify -H 'webhook-id: m1' -H 'webhook-timestamp: 1700000000' \\",
        "    -H 'webhook-signature: v1,...' < body.json",
        codes="0 the signature is right; 1 it is not; 2 usage, or no secret",
    )
)
def verify(
    body: Annotated[
        Path | None, Parameter(help="File with the body, octet for octet; default: standard input.")
    ] = None,
    /,
    *,
    header: Annotated[
        list[str],
        Parameter(name=("--header", "-H"), help="A header field of the request, as `name: value` (repeat it)."),
    ],
    secret_file: Annotated[
        Path | None,
        Parameter(help="File with the secret; default: MAYFLY_WEBHOOK_SECRET, then the secret of `listen`."),
    ] = None,
    tolerance: Annotated[int, Parameter(help="How many seconds the time may be off; 0: any.")] = 300,
    common: Options = NONE,
) -> None:
    """Check the signature of a webhook that you have received; no server is asked."""
    from mayfly_mail import verify_webhook

    content = body.read_bytes() if body else sys.stdin.buffer.read()
    event = verify_webhook(_secret(secret_file), fields(header), content, tolerance=tolerance or inf)
    Session(common).out.result({"verified": True, "event": event}, "the signature is right")


def fields(lines: Sequence[str]) -> dict[str, str]:
    """Read `name: value` lines. Raises Failure for a line without a colon."""
    found: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or not name.strip():
            raise Failure(f"a header is written `name: value`, not {line!r}", Exit.USAGE, code="usage")
        found[name.strip().lower()] = value.strip()
    return found


def _secret(file: Path | None) -> str:
    if file:
        return file.read_text(encoding="utf-8").strip()
    if value := os.environ.get(SECRET):
        return value.strip()
    from mayfly_mail.cli.relay.state import State

    if known := State().known_secret():
        return known
    raise Failure(f"no secret: set {SECRET}, or name a file with --secret-file", Exit.USAGE, code="no_secret")


def _state(enabled: bool, reason: str | None) -> str:
    return "on" if enabled else f"off ({reason or 'by hand'})"
