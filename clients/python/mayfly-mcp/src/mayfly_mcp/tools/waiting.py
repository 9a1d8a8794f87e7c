"""Tools that wait for mail, and the one that proves its absence. None fails because nothing came: that is an answer."""

from __future__ import annotations

from typing import Annotated, Any

from mcp.server.mcpserver.context import Context
from mcp.types import CallToolResult

from mayfly_mail import Link, LinkNotFound, Message, UnexpectedMessage, WaitTimeout
from mayfly_mcp import arguments as a
from mayfly_mcp import texts
from mayfly_mcp.answers import Proof, WaitedCode, WaitedLink, WaitedMessage, result
from mayfly_mcp.inboxes import Inboxes
from mayfly_mcp.progress import progress
from mayfly_mcp.untrusted import Untrusted, clean_url

GO_ON = "No mail matched in time. Call again with after={cursor} to go on waiting; near_misses tell what came instead."


class Waiting:
    """The waiting tools, on one set of inboxes."""

    def __init__(self, inboxes: Inboxes) -> None:
        self._inboxes = inboxes

    async def wait_for_code(
        self,
        context: Context,
        *,
        address: a.Address,
        after: a.After = None,
        timeout_seconds: a.Timeout = 30,
        sender: a.Sender = "",
        recipient: a.Recipient = "",
        subject: a.Subject = "",
        body: a.Body = "",
    ) -> Annotated[CallToolResult, WaitedCode]:
        """Wait until a mail with a one-time code (OTP, verification code, PIN) is in the inbox, and return the code.

        Returns status "found" or "timeout", and a cursor. If you press "send again", pass the cursor from before as
        `after`: otherwise the old code is found.
        """
        criteria = _criteria(sender, recipient, subject, body)
        untrusted = Untrusted()
        async with progress(context, "waiting for a code", timeout_seconds):
            inbox = await self._inboxes.to_read(address)
            try:
                code = await inbox.wait_for_code(after=after, timeout=timeout_seconds, **criteria)
            except WaitTimeout as timeout:
                return result(WaitedCode(**_timed_out(untrusted, timeout)))
        texts.head(untrusted, code.message)
        return result(
            WaitedCode(
                status="found",
                cursor=_cursor(code.message),
                code=texts.code_text(code),
                confidence=code.confidence,
                other_codes=texts.codes(other for other in code.message.codes if other != code),
                message_id=code.message.id,
                untrusted_mail=untrusted.marked(),
            )
        )

    async def wait_for_link(
        self,
        context: Context,
        *,
        address: a.Address,
        url_contains: a.UrlContains = "",
        link_text: a.LinkText = "",
        kind: a.LinkKind = "",
        after: a.After = None,
        timeout_seconds: a.Timeout = 30,
        sender: a.Sender = "",
        recipient: a.Recipient = "",
        subject: a.Subject = "",
        body: a.Body = "",
    ) -> Annotated[CallToolResult, WaitedLink]:
        """Wait until a mail with a matching link (confirmation, password reset, magic login) is there; return the URL.

        The link is not opened: many work only once. Whether to open it is for you and your user to decide.
        """
        criteria = _criteria(sender, recipient, subject, body)
        untrusted = Untrusted()
        async with progress(context, "waiting for a link", timeout_seconds):
            inbox = await self._inboxes.to_read(address)
            try:
                link = await inbox.wait_for_link(
                    url_contains or None,
                    text=link_text or None,
                    kind=kind or None,
                    after=after,
                    timeout=timeout_seconds,
                    **criteria,
                )
            except WaitTimeout as timeout:
                return result(WaitedLink(**_timed_out(untrusted, timeout)))
            except LinkNotFound as several:
                matching = [link for link in several.links if _matches(link, url_contains, link_text, kind)]
                return result(_several(untrusted, matching))
        texts.head(untrusted, link.message)
        texts.link_text(untrusted, "Text of the link", link)
        return result(
            WaitedLink(
                status="found",
                cursor=_cursor(link.message),
                url=clean_url(link),
                kind=link.kind,
                flags=texts.flags(link),
                message_id=link.message.id,
                untrusted_mail=untrusted.marked(),
            )
        )

    async def wait_for_message(
        self,
        context: Context,
        *,
        address: a.Address,
        after: a.After = None,
        timeout_seconds: a.Timeout = 30,
        sender: a.Sender = "",
        recipient: a.Recipient = "",
        subject: a.Subject = "",
        body: a.Body = "",
        has_otp: a.HasOtp = None,
        has_link: a.HasLink = None,
        max_characters: a.MaxCharacters = 4000,
    ) -> Annotated[CallToolResult, WaitedMessage]:
        """Wait until a matching mail is in the inbox, and return it with its visible text, its code and its links.

        To step through several mails, pass the cursor of each answer as `after` of the next call.
        """
        criteria = _criteria(sender, recipient, subject, body)
        untrusted = Untrusted()
        async with progress(context, "waiting for a mail", timeout_seconds):
            inbox = await self._inboxes.to_read(address)
            try:
                message = await inbox.wait_for_message(
                    has_otp=has_otp, has_link=has_link, after=after, timeout=timeout_seconds, **criteria
                )
            except WaitTimeout as timeout:
                return result(WaitedMessage(**_timed_out(untrusted, timeout)))
        texts.head(untrusted, message)
        links = texts.links(untrusted, message.links())
        text = texts.body(untrusted, message, limit=max_characters)
        return result(
            WaitedMessage(
                status="found",
                cursor=_cursor(message),
                message=texts.message_facts(message),
                code=message.code and texts.code_text(message.code),
                links=links,
                text=text,
                untrusted_mail=untrusted.marked(),
            )
        )

    async def prove_no_message(
        self,
        context: Context,
        *,
        address: a.Address,
        within_seconds: a.Within = 5,
        after: a.After = None,
        sender: a.Sender = "",
        recipient: a.Recipient = "",
        subject: a.Subject = "",
        body: a.Body = "",
        has_otp: a.HasOtp = None,
        has_link: a.HasLink = None,
    ) -> Annotated[CallToolResult, Proof]:
        """Prove that no matching mail came, and that none comes while watching.

        "none" is a proof: everything that was received until then has been read. Without `after`, mail that is already
        there counts, too. "arrived": one came; get_message shows it.
        """
        criteria = _criteria(sender, recipient, subject, body)
        async with progress(context, "watching that no mail comes", within_seconds):
            inbox = await self._inboxes.to_read(address)
            try:
                proof = await inbox.wait_for_none(
                    within=within_seconds, after=after, has_otp=has_otp, has_link=has_link, **criteria
                )
            except UnexpectedMessage as unexpected:
                return result(_arrived(unexpected.message))
        return result(Proof(status="none", cursor=proof.cursor, drained_up_to=proof.drained_up_to))


def _criteria(sender: str, recipient: str, subject: str, body: str) -> dict[str, Any]:
    return {"from_": sender or None, "to": recipient or None, "subject": subject or None, "body": body or None}


def _matches(link: Link, url_contains: str, link_text: str, kind: str) -> bool:
    has_text = not link_text or link_text.casefold() in link.text.casefold()
    return url_contains in link and has_text and kind in ("", link.kind)


def _several(untrusted: Untrusted, matching: list[Link]) -> WaitedLink:
    message = matching[0].message
    texts.head(untrusted, message)
    return WaitedLink(
        status="several",
        cursor=_cursor(message),
        message_id=message.id,
        links=texts.links(untrusted, matching),
        hint="Several links of the mail match. Choose one, or narrow it down by url_contains, link_text or kind.",
        untrusted_mail=untrusted.marked(),
    )


def _timed_out(untrusted: Untrusted, timeout: WaitTimeout) -> dict[str, Any]:
    missed = texts.near_misses(untrusted, timeout.near_misses)
    return {
        "status": "timeout",
        "cursor": timeout.cursor,
        "near_misses": missed or [],
        "hint": GO_ON.format(cursor=timeout.cursor),
        "untrusted_mail": untrusted.marked() or None,
    }


def _arrived(message: Message) -> Proof:
    untrusted = Untrusted()
    texts.head(untrusted, message)
    return Proof(
        status="arrived", cursor=_cursor(message), message_id=message.id, untrusted_mail=untrusted.marked() or None
    )


def _cursor(message: Message) -> int:
    return message.cursor if message.cursor is not None else 0
