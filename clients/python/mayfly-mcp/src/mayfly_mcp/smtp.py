"""Delivers one mail by SMTP, as another mail server would, and returns the reply instead of failing."""

from __future__ import annotations

import smtplib
from dataclasses import dataclass
from email.message import EmailMessage

import anyio.to_thread
from mcp.server.mcpserver.exceptions import ToolError

_TIMEOUT = 40.0
"""Seconds for each reply; a step of a fault plan may delay one by 30."""
_DATA = 354


@dataclass(frozen=True)
class SmtpServer:
    """Where mail is delivered."""

    host: str
    port: int


@dataclass(frozen=True)
class Reply:
    """The last reply. `refused_at`: the command that was refused or lost; None when the mail was accepted."""

    code: int
    text: str
    refused_at: str | None


async def deliver(server: SmtpServer, recipient: str, mail: EmailMessage) -> Reply:
    """Deliver a mail to one recipient. Raises ToolError when nobody answers at that address."""
    return await anyio.to_thread.run_sync(_deliver, server, recipient, mail, abandon_on_cancel=True)


def _deliver(server: SmtpServer, recipient: str, mail: EmailMessage) -> Reply:
    try:
        peer = smtplib.SMTP(server.host, server.port, local_hostname="mayfly-mcp.invalid", timeout=_TIMEOUT)
    except smtplib.SMTPResponseException as error:
        return Reply(error.smtp_code, _text(error.smtp_error), "connect")
    except OSError as error:
        raise ToolError(f"SMTP at {server.host}:{server.port} does not answer ({type(error).__name__})") from error
    with peer:
        return _transaction(peer, recipient, mail)


def _transaction(peer: smtplib.SMTP, recipient: str, mail: EmailMessage) -> Reply:
    sender = mail["From"].addresses[0].addr_spec
    at = "ehlo"
    try:
        peer.ehlo_or_helo_if_needed()
        for at, command in (("mail", f"MAIL FROM:<{sender}>"), ("rcpt", f"RCPT TO:<{recipient}>")):
            code, text = peer.docmd(command)
            if code >= 400:  # noqa: PLR2004 - replies from 400 on refuse
                return Reply(code, _text(text), at)
        at = "data"
        code, text = peer.data(mail.as_bytes())
    except smtplib.SMTPResponseException as error:
        return Reply(error.smtp_code, _text(error.smtp_error), at)
    except (smtplib.SMTPException, OSError) as error:
        return Reply(0, f"the connection was lost ({type(error).__name__})", at)
    return Reply(code, _text(text), None if code < 400 else at)  # noqa: PLR2004


def _text(text: bytes | str) -> str:
    return text.decode("utf-8", "replace") if isinstance(text, bytes) else text
