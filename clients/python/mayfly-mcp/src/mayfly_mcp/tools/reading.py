"""Tools that show what is in an inbox. They leave mail unread: a look of a model is not the user's."""

from __future__ import annotations

from typing import Annotated

from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import CallToolResult
from pydantic import Field

from mayfly_mcp import arguments as a
from mayfly_mcp import texts
from mayfly_mcp.answers import Listed, WholeMessage, result
from mayfly_mcp.inboxes import Inboxes
from mayfly_mcp.untrusted import Untrusted


class Reading:
    """The reading tools, on one set of inboxes."""

    def __init__(self, inboxes: Inboxes) -> None:
        self._inboxes = inboxes

    async def list_messages(
        self,
        *,
        address: a.Address,
        after: a.After = None,
        limit: Annotated[int, Field(description="How many mails at most", ge=1, le=50)] = 20,
        sender: a.Sender = "",
        recipient: a.Recipient = "",
        subject: a.Subject = "",
        has_otp: a.HasOtp = None,
    ) -> Annotated[CallToolResult, Listed]:
        """List the mails of an inbox, the newest first: senders, subjects, and the cursor at which the list was made.

        The list holds everything that SMTP had accepted before the call. get_message shows a mail's text.
        """
        inbox = await self._inboxes.to_read(address)
        cursor = await inbox.cursor()
        entries = await inbox.messages(
            from_=sender or None,
            to=recipient or None,
            subject=subject or None,
            has_otp=has_otp,
            after=after,
            limit=limit,
        )
        untrusted = Untrusted()
        for number, entry in enumerate(entries, 1):
            untrusted.field(f"{number}. From", entry.from_address, limit=100)
            untrusted.field(f"{number}. Subject", entry.subject, limit=200)
        return result(
            Listed(
                cursor=cursor,
                messages=[texts.facts(entry, entry.link_count, entry.attachment_count) for entry in entries],
                untrusted_mail=untrusted.marked() or None,
            )
        )

    async def get_message(
        self,
        *,
        address: a.Address,
        message_id: a.MessageId,
        max_characters: a.MaxCharacters = 8000,
        start: a.Start = 0,
    ) -> Annotated[CallToolResult, WholeMessage]:
        """Show one mail: its visible text (or the next part of a long one), its codes, links and attachments.

        Text that the HTML hides from a reader is left out, and how much that is stands in text.hidden_left_out.
        """
        inbox = await self._inboxes.to_read(address)
        message = await inbox.message(a.identifier("message_id", message_id))
        if message.data.inbox_id != inbox.id:
            raise ToolError("message_id: no mail of this inbox")
        untrusted = Untrusted()
        texts.head(untrusted, message)
        links = texts.links(untrusted, message.links())
        attachments = texts.attachments(untrusted, message)
        text = texts.body(untrusted, message, limit=max_characters, start=start)
        return result(
            WholeMessage(
                message=texts.message_facts(message),
                code=message.code and texts.code_text(message.code),
                other_codes=texts.codes(other for other in message.codes if other != message.code),
                links=links,
                attachments=attachments,
                text=text,
                untrusted_mail=untrusted.marked(),
            )
        )
