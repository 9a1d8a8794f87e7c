"""`mayfly wait`: wait for a mail, and print its code, its link or its id alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Parameter

from mayfly_mail.cli.exits import Exit, Failure
from mayfly_mail.cli.invocation import NONE, Options, Session, told, usable
from mayfly_mail.cli.text import duration, left, one_line

if TYPE_CHECKING:
    from mayfly_mail import Code, Inbox, Link, Message

EXPRESSION = "re:"


@Parameter(name="*")
@dataclass(frozen=True)
class Criteria:
    """Which mail counts: the same criteria as the API's."""

    subject: Annotated[
        str | None, Parameter(help="Only mail with this in its subject; `re:` begins a regular expression.")
    ] = None
    from_: Annotated[str | None, Parameter(name="--from", help="Only mail from this address or name.")] = None
    to: Annotated[str | None, Parameter(help="Only mail to this address.")] = None
    body: Annotated[str | None, Parameter(help="Only mail with this in its text.")] = None

    def as_arguments(self) -> dict[str, Any]:
        """Return what the SDK's waits take."""
        return {name: value for name, value in vars(self).items() if value is not None}


ANY = Criteria()

app = App(
    name="wait",
    help_epilogue=told(
        "mayfly wait $ADDRESS --code",
        "mayfly wait $ADDRESS --link --url-part /reset/ --subject Reset --timeout 2m",
        "mayfly wait $SPACE --to ann@example.com --after $MARK",
        "mayfly wait $ADDRESS --none --after $MARK --timeout 2",
        codes="0 it came; 1 not in time (stderr says what came instead), with --none it came; 2 usage; 3 refused; "
        "4 unreachable",
    ),
)


@app.default
def wait(
    address: Annotated[
        str | None, Parameter(help="Address or id of an inbox or space. Without it a new inbox is made.")
    ] = None,
    /,
    *,
    code: Annotated[bool, Parameter(help="Print the one-time code.")] = False,
    link: Annotated[bool, Parameter(help="Print the link.")] = False,
    url_part: Annotated[
        str | None, Parameter(help="With --link: only one with this in its URL; `re:` begins an expression.")
    ] = None,
    link_text: Annotated[str | None, Parameter(help="With --link: only one with this text.")] = None,
    none: Annotated[bool, Parameter(help="Succeed if no such mail is there or comes: proved, not slept.")] = False,
    criteria: Criteria = ANY,
    timeout: Annotated[str, Parameter(help="How long to wait: 30, 500ms, 2m.")] = "30",
    after: Annotated[
        str | None, Parameter(help="Only mail after this cursor, or after `now`; else all that has come counts.")
    ] = None,
    common: Options = NONE,
) -> None:
    """Wait for a mail and print its code, its link or its id, alone."""
    is_link = link or url_part is not None or link_text is not None
    if code + is_link + none > 1:
        raise Failure("--code, --link and --none exclude each other", Exit.USAGE, code="usage")
    seconds = usable(duration, timeout)
    check_cursor(after)
    with Session(common) as session:
        inbox = _new_inbox(session) if address is None else session.inbox(address)
        arguments = {**criteria.as_arguments(), "after": cursor_of(inbox, after)}
        if none:
            _prove_none(session, inbox, seconds, arguments)
            return
        found: Code | Link | Message
        with session.out.progress(f"waiting for mail to {inbox.address}"):
            if code:
                found = inbox.wait_for_code(timeout=seconds, **arguments)
            elif is_link:
                found = inbox.wait_for_link(pattern(url_part), text=link_text, timeout=seconds, **arguments)
            else:
                found = inbox.wait_for_message(timeout=seconds, **arguments)
        _print(session, found)


def _prove_none(session: Session, inbox: Inbox, seconds: float, arguments: dict[str, Any]) -> None:
    with session.out.progress(f"watching that no mail comes to {inbox.address}"):
        proof = inbox.wait_for_none(within=seconds, **arguments)
    session.out.result(proof, "none")


def cursor_of(inbox: Inbox, after: str | None) -> int | str | None:
    """Return the cursor that `--after` names: a number, or the inbox's own for `now`."""
    if after is None:
        return None
    if after == "now":
        return inbox.cursor()
    check_cursor(after)
    return int(after)


def check_cursor(after: str | None) -> None:
    """Refuse what is no cursor, before an inbox is made."""
    if after is not None and after != "now" and not (after.isascii() and after.isdigit()):
        raise Failure(f"--after takes a cursor (a number) or `now`, not {after!r}", Exit.USAGE, code="usage")


def pattern(part: str | None) -> str | re.Pattern[str] | None:
    """Return a text to look for, or the expression after `re:`."""
    if part is None or not part.startswith(EXPRESSION):
        return part
    try:
        return re.compile(part[len(EXPRESSION) :])
    except re.error as error:
        raise Failure(f"not a regular expression: {part!r} ({error})", Exit.USAGE, code="usage") from None


def _new_inbox(session: Session) -> Inbox:
    inbox = session.client.inbox(label="mayfly wait")
    session.out.note(f"{inbox.address} (new, ends in {left(inbox.expires_at)})")
    return inbox


def _print(session: Session, found: Code | Link | Message) -> None:
    from mayfly_mail import Message

    message = found if isinstance(found, Message) else found.message
    session.out.result(_facts(found, message), one_line(message.id if found is message else str(found)))
    if session.out.is_terminal and not session.common.json:
        session.out.note(f"from {one_line(message.from_)}: {one_line(message.subject)}")


def _facts(found: Code | Link | Message, message: Message) -> dict[str, object]:
    """Return what `--json` prints."""
    from mayfly_mail import Code, Link

    origin = {"message_id": message.id, "subject": message.subject, "from": message.from_, "cursor": message.cursor}
    if isinstance(found, Code):
        sure = {"confidence": found.confidence, "rule": found.rule, "source": found.source}
        return {"code": str(found), **sure, **origin}
    if isinstance(found, Link):
        return {"link": str(found), "text": found.text, "kind": found.kind, "flags": list(found.flags), **origin}
    return {**message.data.to_json(), "cursor": message.cursor}
