"""`mayfly messages`: list, show, open and remove the mails of an inbox."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from mayfly_mail.cli.invocation import NONE, Options, Session, told
from mayfly_mail.cli.text import clock, one_line

if TYPE_CHECKING:
    from mayfly_mail import Message

app = App(name="messages")

Id = Annotated[str, Parameter(help="Id of the mail, as `messages ls` and `wait` print it.")]


@app.command(
    help_epilogue=told(
        "mayfly messages ls $ADDRESS",
        "mayfly messages ls $SPACE 'to:ann subject:welcome' --json",
        codes="0 ok, also without any; 2 usage; 3 refused; 4 unreachable",
    )
)
def ls(
    address: Annotated[str, Parameter(help="Address or id of an inbox or space.")],
    query: Annotated[str | None, Parameter(help="A search, for example `from:shop has:code`.")] = None,
    /,
    *,
    from_: Annotated[str | None, Parameter(name="--from", help="Only from this address or name.")] = None,
    to: Annotated[str | None, Parameter(help="Only to this address.")] = None,
    subject: Annotated[str | None, Parameter(help="Only with this in the subject.")] = None,
    unread: Annotated[bool, Parameter(help="Only those that nobody has read.")] = False,
    limit: Annotated[int, Parameter(help="How many at most; 0: all.")] = 50,
    common: Options = NONE,
) -> None:
    """List the mails of an inbox or space, the newest first."""
    with Session(common) as session:
        found = session.inbox(address).messages(
            query, from_=from_, to=to, subject=subject, unread=unread or None, limit=limit or None
        )
        if common.json:
            session.out.document(found)
            return
        rows = [(e.id, clock(e.received_at), e.from_address, e.subject, "code" if e.has_otp else "") for e in found]
        session.out.table(("ID", "RECEIVED", "FROM", "SUBJECT", ""), rows, empty="no mails")


@app.command(
    help_epilogue=told("mayfly messages show 01a1...", codes="0 ok; 3 refused, or there is none; 4 unreachable")
)
def show(
    message_id: Id,
    /,
    *,
    html: Annotated[bool, Parameter(help="Its HTML source in place of its text.")] = False,
    common: Options = NONE,
) -> None:
    """Show a mail: its fields, code, links, attachments and text; it stays unread."""
    with Session(common) as session:
        message = session.client.message(message_id)
        session.out.result(message.data, "\n".join(lines(message, html=html)))


@app.command(
    help_epilogue=told(
        "mayfly messages raw 01a1... > mail.eml", codes="0 ok; 3 refused, or there is none; 4 unreachable"
    )
)
def raw(message_id: Id, /, *, common: Options = NONE) -> None:
    """Print a mail as it was received, octet for octet."""
    with Session(common) as session:
        content = session.client.raw(message_id)
        if common.json:
            session.out.document({"id": message_id, "raw": content.decode("utf-8", "surrogateescape")})
        else:
            session.out.octets(content)


@app.command(
    name="open",
    help_epilogue=told(
        "mayfly messages open 01a1...",
        "mayfly messages open 01a1... --no-browser",
        codes="0 ok; 3 refused, or there is none; 4 unreachable",
    ),
)
def open_(
    message_id: Id,
    /,
    *,
    remote_images: Annotated[bool, Parameter(help="Load pictures from the Internet; its sender may see that.")] = False,
    browser: Annotated[bool, Parameter(negative="--no-browser", help="Whether to start the browser.")] = True,
    common: Options = NONE,
) -> None:
    """Open a mail's HTML in the browser, without scripts and trackers, and print the file's name."""
    import webbrowser

    from mayfly_mail.cli.page import page, save

    with Session(common) as session:
        message = session.client.message(message_id)
        path = save(page(message, _pictures(session, message), remote=remote_images), message.id)
        session.out.result({"path": str(path)}, str(path))
        if browser and not webbrowser.open(path.as_uri()):
            session.out.note("no browser could be started: open the file yourself")


@app.command(
    help_epilogue=told("mayfly messages rm 01a1...", codes="0 removed; 3 refused, or there is none; 4 unreachable")
)
def rm(
    first: Id,
    /,
    *others: Annotated[str, Parameter(help="More ids.")],
    common: Options = NONE,
) -> None:
    """Remove mails for good."""
    with Session(common) as session:
        removed = (first, *others)
        for each in removed:
            session.client.delete_message(
                session.client.message(each)
            )  # read first: deleting what is not there succeeds
        session.out.result({"removed": removed}, "\n".join(removed))


def lines(message: Message, *, html: bool = False) -> list[str]:
    """Return a mail as lines for a person."""
    fields = {
        "From": _sender(message),
        "To": ", ".join(message.recipients),
        "Subject": message.subject,
        "Received": clock(message.received_at),
        "Code": f"{message.code} ({message.code.confidence:.0%})" if message.code else "",
    }
    head = [f"{name + ':':<10}{one_line(value)}" for name, value in fields.items() if value]
    links = [
        f"Link:     {one_line(link)}" + (f"  [{one_line(link.text)}]" if link.text else "") for link in message.links()
    ]
    files = [
        f"File:     {one_line(each.filename or '-')} ({each.content_type}, {each.size} octets)"
        for each in message.attachments
    ]
    return [*head, *links, *files, "", message.html if html else message.text]


def _sender(message: Message) -> str:
    return f"{message.from_name} <{message.from_}>" if message.from_name else message.from_


def _pictures(session: Session, message: Message) -> dict[str, str]:
    from mayfly_mail.cli.page import picture

    found: dict[str, str] = {}
    for index, each in enumerate(message.attachments):
        if not each.content_id or not each.content_type.startswith("image/"):
            continue
        data = picture(each.content_type, session.client.attachment(message, index))
        if data:
            found[each.content_id.strip("<>")] = data
    return found
