"""`mayfly space`: inboxes for many addresses, and their SMTP settings in the words of frameworks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import App, Parameter

from mayfly_mail.cli.exits import Exit, Failure
from mayfly_mail.cli.invocation import NONE, Options, Session, told, usable
from mayfly_mail.cli.settings import Login, settings
from mayfly_mail.cli.text import left, lifetime

if TYPE_CHECKING:
    from mayfly_mail import Space

app = App(name="space")

Id = Annotated[str, Parameter(help="Id of the space.")]
Framework = Literal["django", "rails", "laravel", "nodemailer", "spring", "symfony", "env"]
For = Annotated[Framework, Parameter(name="--for", help="Whose settings to print.")]
PLACEHOLDER = "PASSWORD-OF-THE-SPACE"


@app.command(
    help_epilogue=told(
        "mayfly space new e2e --ttl 1h",
        "mayfly space new checkout --for django >> settings_dev.py",
        codes="0 made; 2 no API key; 3 refused; 4 unreachable",
    )
)
def new(
    name: Annotated[str | None, Parameter(help="A name for you to find it by.")] = None,
    /,
    *,
    ttl: Annotated[str, Parameter(help="How long it lives: 10m, 1h, 2d, never.")] = "1h",
    framework: Annotated[
        Framework | None, Parameter(name="--for", help="Print its SMTP settings for this, in place of its id.")
    ] = None,
    common: Options = NONE,
) -> None:
    """Make a space and print its id; --json and --for show its SMTP password, this once."""
    seconds = usable(lifetime, ttl)
    with Session(common) as session:
        made = session.client.space(name, ttl=seconds)
        if framework:
            login = _login(session, made, made.smtp.password or "")
            session.out.note(f"space {made.id} ({made.address}), ends in {left(made.expires_at)}")
            session.out.result(
                {**_facts(made, login), "settings": settings(framework, login)}, settings(framework, login)
            )
        elif common.json:
            session.out.document(_facts(made, _login(session, made, made.smtp.password or "")))
        else:
            session.out.line(made.id)
            session.out.note(f"takes {made.address}; its settings: mayfly space smtp {made.id} --for env")


@app.command(help_epilogue=told("mayfly space ls", codes="0 ok; 2 no API key; 3 refused; 4 unreachable"))
def ls(*, common: Options = NONE) -> None:
    """List the spaces of your account."""
    with Session(common) as session:
        found = session.client.spaces()
        if common.json:
            session.out.document([_facts(each) for each in found])
            return
        rows = [(each.id, each.name, each.address, each.message_count, left(each.expires_at)) for each in found]
        session.out.table(("ID", "NAME", "ADDRESS", "MAILS", "ENDS IN"), rows, empty="no spaces")


@app.command(
    help_epilogue=told("mayfly space rm h4xvw9q2", codes="0 removed; 3 refused, or there is none; 4 unreachable")
)
def rm(first: Id, /, *others: Annotated[str, Parameter(help="More ids.")], common: Options = NONE) -> None:
    """Remove spaces with all their mail."""
    with Session(common) as session:
        for each in (first, *others):
            session.client.open_space(each).delete()
        session.out.result({"removed": [first, *others]}, "\n".join((first, *others)))


@app.command(
    help_epilogue=told(
        "mayfly space smtp h4xvw9q2 --for rails",
        'eval "$(mayfly space smtp h4xvw9q2 --for env)"',
        codes="0 ok; 3 refused, or it has twenty passwords; 4 unreachable",
    )
)
def smtp(
    space: Id,
    /,
    *,
    framework: For = "env",
    label: Annotated[str, Parameter(help="Under which name the new password is listed.")] = "mayfly command",
    placeholder: Annotated[bool, Parameter(help="Make no password, print a placeholder.")] = False,
    common: Options = NONE,
) -> None:
    """Print SMTP settings that are ready to paste, with a new password of the space."""
    with Session(common) as session:
        opened = session.client.open_space(space)
        secret = PLACEHOLDER if placeholder else opened.add_credentials(label).smtp.password or ""
        login = _login(session, opened, secret)
        text = settings(framework, login)
        session.out.result({**_facts(opened, login), "settings": text}, text)


@app.command(
    help_epilogue=told("mayfly space passwords h4xvw9q2", codes="0 ok; 3 refused, or there is none; 4 unreachable")
)
def passwords(
    space: Id,
    /,
    *,
    revoke: Annotated[str | None, Parameter(help="Id of one that shall not work any more.")] = None,
    common: Options = NONE,
) -> None:
    """List the SMTP passwords of a space by label, or revoke one; none is shown."""
    with Session(common) as session:
        opened = session.client.open_space(space)
        if revoke:
            opened.revoke_credentials(revoke)
        found = opened.credentials()
        if common.json:
            session.out.document(found)
            return
        session.out.table(
            ("ID", "LABEL", "MADE"), [(each.id, each.label, each.created_at) for each in found], empty="no passwords"
        )


def _login(session: Session, space: Space, password: str) -> Login:
    """Return the login of a space; the host from the server, or the one that the API is called by."""
    host, port = space.smtp.host or session.host, space.smtp.port
    if not port:
        raise Failure("the server does not say on which port it takes mail", Exit.REFUSED, code="no_smtp")
    return Login(host, port, space.smtp.user, password)


def _facts(space: Space, login: Login | None = None) -> dict[str, object]:
    facts: dict[str, object] = {
        "id": space.id,
        "name": space.name,
        "address": space.address,
        "expires_at": space.expires_at,
        "message_count": space.message_count,
    }
    if login:
        facts["smtp"] = {"host": login.host, "port": login.port, "user": login.user, "password": login.password}
    return facts
