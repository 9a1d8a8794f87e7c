"""`mayfly inbox`: make, list and remove inboxes, and ask for the cursor of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import App, Parameter

from mayfly_mail.cli.exits import Exit, Failure
from mayfly_mail.cli.invocation import NONE, Options, Session, told, usable
from mayfly_mail.cli.text import left, lifetime

if TYPE_CHECKING:
    from mayfly_mail import Inbox

app = App(name="inbox")

Address = Annotated[str, Parameter(help="Address or id of the inbox.")]


@app.command(
    help_epilogue=told(
        "ADDRESS=$(mayfly inbox new --label signup --ttl 10m)",
        "mayfly inbox new --address ann --json",
        codes="0 made; 2 no API key (or use --anonymous); 3 refused; 4 unreachable",
    )
)
def new(
    *,
    label: Annotated[str | None, Parameter(help="A name for you to find it by.")] = None,
    ttl: Annotated[str, Parameter(help="How long it lives: 600, 10m, 1h, 2d, never.")] = "1h",
    address: Annotated[str | None, Parameter(help="The address to take, or the part before the @.")] = None,
    domain: Annotated[str | None, Parameter(help="The domain of the address.")] = None,
    webhook_url: Annotated[str | None, Parameter(help="Where each of its mails is posted to.")] = None,
    anonymous: Annotated[
        bool, Parameter(help="Without an API key; --json shows its token, which MAYFLY_API_KEY then takes.")
    ] = False,
    common: Options = NONE,
) -> None:
    """Make an inbox and print its address alone."""
    seconds = usable(lifetime, ttl)
    with Session(common) as session:
        if anonymous:
            made = session.client.anonymous_inbox(address=address, domain=domain)
        else:
            made = session.client.inbox(
                label=label, ttl=seconds, address=address, domain=domain, webhook_url=webhook_url
            )
        session.out.result({**_facts(made), "token": made.token}, made.address)
        if session.out.is_terminal and not common.json:
            session.out.note(f"ends in {left(made.expires_at)}; read it with: mayfly wait {made.address}")


@app.command(
    help_epilogue=told(
        "mayfly inbox ls --label signup", "mayfly inbox ls --json", codes="0 ok; 2 no API key; 3 refused; 4 unreachable"
    )
)
def ls(
    *,
    label: Annotated[str | None, Parameter(help="Only those with this label.")] = None,
    status: Annotated[Literal["active", "archived"] | None, Parameter(help="Only those with this status.")] = None,
    limit: Annotated[int, Parameter(help="How many at most; 0: all.")] = 50,
    common: Options = NONE,
) -> None:
    """List inboxes, the newest first."""
    with Session(common) as session:
        found = session.client.inboxes(label=label, status=status, limit=limit or None)
        if common.json:
            session.out.document([_facts(each) for each in found])
            return
        rows = [(each.address, each.label, left(each.expires_at), each.id) for each in found]
        session.out.table(("ADDRESS", "LABEL", "ENDS IN", "ID"), rows, empty="no inboxes")


@app.command(
    help_epilogue=told(
        "mayfly inbox rm x7k2m9p4@mayfly.test",
        "mayfly inbox rm --label signup",
        codes="0 removed; 2 usage; 3 refused, or there is no such inbox; 4 unreachable",
    )
)
def rm(
    *addresses: Annotated[str, Parameter(help="Addresses or ids.")],
    label: Annotated[str | None, Parameter(help="Remove all with this label instead.")] = None,
    common: Options = NONE,
) -> None:
    """Remove inboxes with all their mail."""
    if bool(addresses) == bool(label):
        raise Failure("name the inboxes to remove, or a --label", Exit.USAGE, code="usage")
    with Session(common) as session:
        doomed = (
            [session.inbox(each) for each in addresses]
            if addresses
            else session.client.inboxes(label=label, limit=None)
        )
        for inbox in doomed:
            inbox.delete()
        session.out.result({"removed": [each.address for each in doomed]}, "\n".join(each.address for each in doomed))


@app.command(
    help_epilogue=told(
        "MARK=$(mayfly inbox cursor $ADDRESS); mayfly wait $ADDRESS --after $MARK --code",
        codes="0 ok; 3 refused; 4 unreachable",
    )
)
def cursor(address: Address, /, *, common: Options = NONE) -> None:
    """Print the cursor of now, for `wait --after`: only mail that comes later counts."""
    with Session(common) as session:
        mark = session.inbox(address).cursor()
        session.out.result({"cursor": mark}, str(mark))


def _facts(inbox: Inbox) -> dict[str, object]:
    return {"id": inbox.id, "address": inbox.address, "label": inbox.label, "expires_at": inbox.expires_at}
