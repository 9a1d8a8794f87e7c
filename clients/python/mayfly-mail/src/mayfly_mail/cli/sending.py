"""`mayfly send-test`: a mail with a code or a link, sent by SMTP as an application would."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from html import escape
from typing import Annotated
from urllib.parse import urlsplit

from cyclopts import App, Parameter

from mayfly_mail.cli.exits import Exit, Failure
from mayfly_mail.cli.invocation import NONE, Options, Session, told
from mayfly_mail.cli.text import one_line

SENDER = "mayfly-test@example.com"
TIMEOUT = 15.0
NO_SMTP = "the server does not say where it takes mail: name it with --smtp HOST:PORT"

app = App(
    name="send-test",
    help_epilogue=told(
        "mayfly send-test $ADDRESS --code 123456",
        "mayfly send-test $ADDRESS --link https://shop.example/reset/abc --subject Reset",
        "mayfly send-test ann@example.com --smtp mail.example:25",
        codes="0 accepted; 2 usage; 3 SMTP refused the mail; 4 SMTP cannot be reached",
    ),
)


@dataclass(frozen=True)
class Server:
    """Where mail is taken by SMTP."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@app.default
def send_test(
    address: Annotated[str, Parameter(help="Who gets it.")],
    /,
    *,
    code: Annotated[str | None, Parameter(help="A one-time code for its text.")] = None,
    link: Annotated[str | None, Parameter(help="A link for its text.")] = None,
    subject: Annotated[str | None, Parameter(help="Its subject.")] = None,
    sender: Annotated[str, Parameter(name="--from", help="Who sends it.")] = SENDER,
    smtp: Annotated[
        str | None, Parameter(help="HOST:PORT of the SMTP server; default: what the server at --url says.")
    ] = None,
    common: Options = NONE,
) -> None:
    """Send a mail by SMTP, with a code or a link if you like."""
    if not address.strip():
        raise Failure("the address is empty", Exit.USAGE, code="usage")
    with Session(common) as session:
        server = parsed(smtp) if smtp else announced(session)
        mail = composed(address, code=code, link=link, subject=subject, sender=sender)
        reply = deliver(server, mail, sender, address)
        session.out.result(
            {"to": address, "smtp": str(server), "reply": reply, "message_id": mail["Message-ID"]},
            f"accepted: {one_line(reply)}",
        )


def parsed(text: str) -> Server:
    """Read `host:port`, `[::1]:2525` or `host`. Raises Failure."""
    try:
        parts = urlsplit(text if "//" in text else f"//{text}")
        host, port = parts.hostname, parts.port or 25
    except ValueError:
        host, port = None, 0
    if not host:
        raise Failure(f"--smtp takes HOST:PORT, not {text!r}", Exit.USAGE, code="usage")
    return Server(host, port)


def announced(session: Session) -> Server:
    """Ask the server at --url where it takes mail; a host that it does not name is its own."""
    smtp = session.client.discovery().smtp
    if smtp is None or not smtp.port:
        raise Failure(NO_SMTP, Exit.USAGE, code="no_smtp")
    return Server(smtp.host or session.host, smtp.port)


def composed(to: str, *, code: str | None, link: str | None, subject: str | None, sender: str = SENDER) -> EmailMessage:
    """Make a mail as applications send them, in text and HTML."""
    texts = [f"Your verification code is {code}"] if code else []
    texts += [f"Go on here: {link}"] if link else []
    texts = texts or ["This is a test of Mayfly."]
    mail = EmailMessage()
    try:
        mail["From"], mail["To"] = sender, to
        mail["Subject"] = subject if subject is not None else ("Your code" if code else "A test of Mayfly")
    except ValueError as error:
        raise Failure(f"no mail can have this in its header: {error}", Exit.USAGE, code="usage") from None
    mail["Date"], mail["Message-ID"] = formatdate(), make_msgid(domain="mayfly.invalid")
    mail.set_content("\n".join(texts) + "\n")
    rich = [f"<p>Your verification code is <b>{escape(code)}</b></p>"] if code else []
    rich += [f'<p><a href="{escape(link)}">Go on</a></p>'] if link else []
    mail.add_alternative("\n".join(rich or [f"<p>{texts[0]}</p>"]) + "\n", subtype="html")
    return mail


def deliver(server: Server, mail: EmailMessage, sender: str, to: str) -> str:
    """Send a mail and return the server's reply. Raises Failure: refused, not reachable, or no address."""
    try:
        with connected(server, TIMEOUT) as peer:
            return _transaction(peer, mail, _ascii_domain(sender), _ascii_domain(to))
    except smtplib.SMTPResponseException as error:
        raise _refused(error.smtp_code, error.smtp_error) from None
    except smtplib.SMTPServerDisconnected:
        raise Failure(
            f"{server} closed the connection before it took the mail", Exit.UNREACHABLE, code="smtp_closed"
        ) from None
    except (OSError, smtplib.SMTPException) as error:
        raise Failure(
            f"SMTP at {server} cannot be reached: {error}", Exit.UNREACHABLE, code="smtp_unreachable"
        ) from None
    except ValueError as error:
        raise Failure(f"not an address: {error}", Exit.USAGE, code="usage") from None


@contextmanager
def connected(server: Server, timeout: float) -> Iterator[smtplib.SMTP]:
    """Open a session; how the server says good-bye changes nothing. Raises OSError and smtplib.SMTPException."""
    peer = smtplib.SMTP(server.host, server.port, timeout=timeout)
    try:
        yield peer
        with suppress(OSError, smtplib.SMTPException):
            peer.quit()
    finally:
        peer.close()


def _transaction(peer: smtplib.SMTP, mail: EmailMessage, sender: str, to: str) -> str:
    peer.ehlo_or_helo_if_needed()
    options, written = [], policy.SMTP
    if not (sender + to).isascii():
        if not peer.has_extn("smtputf8"):
            raise Failure("the server takes no address with letters beyond ASCII", Exit.REFUSED, code="no_smtputf8")
        options, written = ["SMTPUTF8"], policy.SMTPUTF8
    _accepted(peer.mail(sender, options))
    _accepted(peer.rcpt(to))
    return _accepted(peer.data(mail.as_bytes(policy=written)))


def _accepted(reply: tuple[int, bytes]) -> str:
    code, text = reply
    if code not in {250, 251}:
        raise _refused(code, text)
    return f"{code} {text.decode('utf-8', 'replace')}"


def _refused(code: int, text: bytes | str) -> Failure:
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return Failure(f"SMTP refused the mail: {code} {one_line(words)}", Exit.REFUSED, code="smtp_refused")


def _ascii_domain(address: str) -> str:
    """Write a domain with letters beyond ASCII as DNS has it; every server takes that."""
    local, at, domain = address.rpartition("@")
    return local + at + (domain if domain.isascii() else domain.encode("idna").decode())
