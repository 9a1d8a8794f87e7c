"""Tools that change something. All but `create_inbox` are for inboxes that this server made (see `inboxes`)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from typing import Annotated, Literal

from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import CallToolResult
from pydantic import Field

from mayfly_mail import parse_fault_plan
from mayfly_mail.models import FaultStep
from mayfly_mcp import arguments as a
from mayfly_mcp.answers import Created, Deleted, Planned, Sent, result
from mayfly_mcp.inboxes import Inboxes
from mayfly_mcp.smtp import SmtpServer, deliver
from mayfly_mcp.untrusted import one_line

FindSmtp = Callable[[], Awaitable[SmtpServer]]
_LONGEST_SENT = 100_000
_ONE_DAY = 86_400


class Changing:
    """The changing tools, on one set of inboxes; `find_smtp` says where mail is delivered."""

    def __init__(self, inboxes: Inboxes, find_smtp: FindSmtp) -> None:
        self._inboxes = inboxes
        self._find_smtp = find_smtp

    async def create_inbox(
        self,
        *,
        name: Annotated[str, Field(description="Part before the @; left out: a random one", max_length=64)] = "",
        domain: Annotated[str, Field(description="Domain; left out: the first public one", max_length=255)] = "",
        label: Annotated[str, Field(description="Note that the list of inboxes shows", max_length=200)] = "",
        ttl_seconds: Annotated[
            int | None,
            Field(description="Seconds until the inbox ends by itself; left out: 3600", ge=60, le=30 * _ONE_DAY),
        ] = None,
    ) -> Annotated[CallToolResult, Created]:
        """Create a disposable e-mail address that receives mail at once, and return it with its first cursor.

        Use it wherever a form asks for an e-mail address; then call wait_for_code, wait_for_link or wait_for_message.
        """
        inbox = await self._inboxes.create(
            name=name or None, domain=domain or None, label=label or None, ttl=ttl_seconds
        )
        return result(
            Created(
                address=inbox.address,
                inbox_id=inbox.id,
                expires_at=inbox.expires_at.isoformat() if inbox.expires_at else None,
                cursor=await inbox.cursor(),
            )
        )

    async def send_test_message(
        self,
        *,
        address: a.Address,
        subject: Annotated[str, Field(description="Subject", max_length=900)] = "Test",
        text: Annotated[str, Field(description="Plain text", max_length=_LONGEST_SENT)] = "",
        html: Annotated[str, Field(description="HTML, as an alternative to the text", max_length=_LONGEST_SENT)] = "",
        sender: Annotated[str, Field(description="Address in the From field", max_length=320)] = "test@example.com",
        via: Annotated[
            Literal["api", "smtp"],
            Field(description="api: put into the inbox; smtp: delivered as other servers do, so fault plans apply"),
        ] = "api",
    ) -> Annotated[CallToolResult, Sent]:
        """Send a mail to an inbox that this server made. It cannot send to anybody else.

        The answer's cursor is from before: pass it as `after` to wait for this mail.
        """
        inbox = await self._inboxes.to_change(address)
        mail = _mail(sender, inbox.address, subject, text, html)
        cursor = await inbox.cursor()
        if via == "api":
            await inbox.inject(mail)
            return result(Sent(status="accepted", via="api", cursor=cursor))
        reply = await deliver(await self._find_smtp(), inbox.address, mail)
        return result(
            Sent(
                status="accepted" if reply.refused_at is None else "refused",
                via="smtp",
                cursor=cursor,
                smtp_code=reply.code,
                smtp_reply=one_line(reply.text),
                refused_at=reply.refused_at,
            )
        )

    async def set_fault_plan(
        self,
        *,
        address: a.Address,
        plan: Annotated[
            str,
            Field(
                description='Steps for the next deliveries, such as "451 x2, accept": refused twice with 451, then '
                "accepted. A step: a code from 400 to 599, accept or drop, then if needed x2 (times), 30% (how often), "
                'at rcpt (or mail, data, auth), delay 2s, "text". Left out: no faults any more.',
                max_length=2000,
            ),
        ] = "",
    ) -> Annotated[CallToolResult, Planned]:
        """Let SMTP refuse, delay or drop the next mails to an inbox that this server made, to test a sender's retries.

        The plan replaces the one before; an empty one ends it.
        """
        inbox = await self._inboxes.to_change(address)
        if not plan:
            await inbox.clear_fault()
            return result(Planned(address=inbox.address, steps=[]))
        try:
            steps = parse_fault_plan(plan)
        except ValueError as error:
            raise ToolError(f"plan: {one_line(str(error))}") from error
        await inbox.set_fault(plan)
        return result(Planned(address=inbox.address, steps=[_described(step) for step in steps]))

    async def delete_inbox(self, address: a.Address) -> Annotated[CallToolResult, Deleted]:
        """Delete an inbox that this server made, with all its mail. Inboxes also end by themselves."""
        if self._inboxes.is_deleted(address):
            return result(Deleted(status="already gone", address=address))
        inbox = await self._inboxes.to_change(address)
        await inbox.delete()
        self._inboxes.forget(inbox)
        return result(Deleted(status="deleted", address=inbox.address))


def _described(step: FaultStep) -> str:
    words = [
        str(step.code or "accept"),
        f"x{step.times}" if step.times else "",
        f"{step.probability}%" if step.probability else "",
        f"at {step.at}" if step.code else "",
        f"delay {step.delay_ms}ms" if step.delay_ms else "",
        f'"{step.text}"' if step.text else "",
    ]
    return " ".join(word for word in words if word)


def _mail(sender: str, recipient: str, subject: str, text: str, html: str) -> EmailMessage:
    mail = EmailMessage()
    try:
        mail["From"], mail["To"], mail["Subject"] = sender, recipient, subject
        (author,) = mail["From"].addresses
        author.addr_spec.encode("ascii")
        if not (author.username and author.domain):
            raise ValueError("no address")
    except (ValueError, IndexError) as error:
        raise ToolError("sender and subject: one line each, and one address in ASCII as the sender") from error
    mail["Date"], mail["Message-ID"] = formatdate(), make_msgid(domain="mayfly-mcp.invalid")
    mail.set_content(text)
    if html:
        mail.add_alternative(html, subtype="html")
    return mail
