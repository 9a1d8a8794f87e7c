"""Handles of an inbox: every verb once, for `Inbox` and `AsyncInbox`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from mayfly_mail import operations
from mayfly_mail.effects import Steps
from mayfly_mail.errors import MayflyError, NotFound
from mayfly_mail.message import Message
from mayfly_mail.messages import MessageVerbs, message_of, octets_of, paged
from mayfly_mail.operation import UNSET, Operation, Page, Unset
from mayfly_mail.session import Session, at_the_end, gone_is_fine
from mayfly_mail.verbs import Awaiting, Blocking, verb
from mayfly_mail.waiting import WaitingVerbs
from mayfly_mail.waits import Where

if TYPE_CHECKING:
    from email.message import EmailMessage

    from typing_extensions import Self

    from mayfly_mail.faults import AsyncFaults, Faults
    from mayfly_mail.models.inboxes import FaultPlan, GeneratedInbox, InboxData, InboxEntry, InboxStats, NewInbox
    from mayfly_mail.models.live import StreamTicketData
    from mayfly_mail.models.messages import MessageEntry, TagData
    from mayfly_mail.models.spaces import NewSpace, SpaceData, SpaceEntry
    from mayfly_mail.multipart import Attachment
    from mayfly_mail.stream import AsyncStream, Stream

    Data = InboxData | InboxEntry | NewInbox | GeneratedInbox | NewSpace | SpaceData | SpaceEntry

__tracebackhide__ = True  # pytest shows the line of the caller
T = TypeVar("T")

_TRIES, _SENDER, _SUBJECT = 3, "sender@example.com", "Test message"


class InboxVerbs(WaitingVerbs, MessageVerbs):
    """The verbs of an inbox, as steps. `Inbox` has them blocking, `AsyncInbox` awaited."""

    def __init__(self, session: Session, data: Data, *, token: str | None = None, is_owned: bool = False) -> None:
        self._session = session
        self._own_token = token
        self._is_owned = is_owned
        self._token_shown = getattr(data, "token", None) or token
        self._take(data)

    def _take(self, data: Data) -> None:
        self.id = data.id
        self.address = data.address
        self.label: str | None = getattr(data, "label", None)
        self.expires_at: datetime | None = getattr(data, "inbox_expires_at", None) or getattr(data, "expires_at", None)
        self.message_count: int = getattr(data, "message_count", 0)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.address}>"

    @property
    def token(self) -> str | None:
        """What opens this inbox alone, for handing on; shown only to whoever created it."""
        return self._token_shown

    @property
    def _where(self) -> Where:
        return Where(self._session, self.id, self.address, self._own_token)

    def _end(self, failure: object) -> Steps[None]:
        """Delete an inbox at the end of the block that made it. What failed in the block says more."""
        if self._is_owned:
            try:
                yield from InboxVerbs.delete.steps(at_the_end(self, failure))
            except MayflyError:
                if failure is None:
                    raise

    def _call(self, operation: Operation[T]) -> Steps[T]:
        return self._session.call(operation, token=self._own_token)

    # ---- reading

    @verb
    def messages(
        self,
        query: str | None = None,
        *,
        from_: str | None = None,
        to: str | None = None,
        subject: str | None = None,
        has_otp: bool | None = None,
        unread: bool | None = None,
        since: datetime | None = None,
        after: int | str | None = None,
        limit: int | None = 50,
    ) -> Steps[list[MessageEntry]]:
        """List the messages, newest first, all that SMTP has acknowledged before: without their bodies.

        `query` is a search ("from:ann is:unread"), the others are parts of a text in any case. `limit=None` lists all.

        Example:
            >>> [entry.subject for entry in inbox.messages(subject="welcome")]
            ['Welcome']
        """

        def part(cursor: str | None, size: int) -> Operation[Page[MessageEntry]]:
            return operations.list_messages(
                self.id,
                limit=size,
                cursor=cursor,
                after=after,
                q=query,
                from_=from_,
                to=to,
                subject=subject,
                has_otp=has_otp,
                unread=unread,
                since=since,
                consistent=cursor is None or None,
            )

        return (yield from paged(self, part, limit))

    @verb
    def search(self, query: str, *, limit: int | None = 50) -> Steps[list[MessageEntry]]:
        """List the messages that a search finds: words, "phrases", `from:ann`, `-is:read`, `has:otp`; newest first.

        Example:
            >>> [entry.subject for entry in inbox.search("from:shop welcome")]
            ['Welcome']
        """
        return (yield from InboxVerbs.messages.steps(self, query, limit=limit))

    @verb
    def latest(self) -> Steps[Message | None]:
        """Return the newest message, None if there is none. It stays unread.

        Example:
            >>> inbox.latest().subject
            'Welcome'
        """
        for _ in range(_TRIES):
            entries = yield from self._call(operations.list_messages(self.id, limit=1, consistent=True))
            if not entries:
                return None
            try:
                return (yield from message_of(self, entries[0].id, is_read=False))
            except NotFound:
                continue  # deleted meanwhile
        return None

    @verb
    def tags(self) -> Steps[list[TagData]]:
        """List the tags of the messages, each with the number of its messages.

        Example:
            >>> inbox.tags()
            []
        """
        return list((yield from self._call(operations.list_tags(self.id))))

    @verb
    def stats(self) -> Steps[InboxStats]:
        """Count messages, unread ones, codes, attachments and octets, all that SMTP has acknowledged before.

        Example:
            >>> inbox.stats().message_count
            1
        """
        return (yield from self._call(operations.get_inbox_stats(self.id, consistent=True)))

    # ---- writing

    @verb
    def inject(
        self,
        raw: bytes | str | EmailMessage | None = None,
        *,
        sender: str | None = None,
        to: str | None = None,
        subject: str | None = None,
        body: str | None = None,
        html: str | None = None,
        attachments: Iterable[Attachment] = (),
    ) -> Steps[str]:
        """Put a mail into the inbox without SMTP, raw or made of parts; return the id that its message will have.

        Without a `sender` or a `subject` the mail has one all the same.

        Example:
            >>> message_id = inbox.inject(subject="Reset", body="Your code is 482913")
            >>> inbox.wait_for_message(subject="reset").id == message_id
            True
        """
        if raw is not None:
            given = operations.inject_message(
                self.id,
                raw=octets_of(raw),
                sender=sender,
                to=to,
                subject=subject,
                body=body,
                html=html,
                attachments=attachments,
            )
        else:
            given = operations.inject_message(
                self.id,
                sender=sender or _SENDER,
                to=to,
                subject=subject or _SUBJECT,
                body=body,
                html=html,
                attachments=attachments,
            )
        return (yield from self._call(given)).id

    @verb
    def mark_all_read(self) -> Steps[None]:
        """Mark every message as read.

        Example:
            >>> inbox.mark_all_read()
        """
        yield from self._call(operations.mark_all_read(self.id, consistent=True))

    @verb
    def clear(self) -> Steps[None]:
        """Delete every message that SMTP has acknowledged before, but not the inbox.

        Example:
            >>> inbox.clear()
            >>> inbox.messages()
            []
        """
        yield from self._call(operations.clear_inbox(self.id, consistent=True))

    @verb
    def change(
        self,
        *,
        label: str | Unset | None = UNSET,
        ttl: int | Unset | None = UNSET,
        webhook_url: str | Unset | None = UNSET,
    ) -> Steps[InboxData]:
        """Change what is given: label, `ttl` in seconds from now (None: for good), URL of the webhook (None: none).

        Example:
            >>> inbox.change(label="checkout").label
            'checkout'
        """
        change = operations.change_inbox(self.id, label=label, ttl_seconds=ttl, webhook_url=webhook_url)
        data = yield from self._call(change)
        self._take(data)
        return data

    @verb
    def refresh(self) -> Steps[InboxData]:
        """Read the inbox anew: its counts, label and expiry, here and in the answer.

        Example:
            >>> inbox.refresh().message_count
            1
        """
        data = yield from self._call(operations.get_inbox(self.id, consistent=True))
        self._take(data)
        return data

    @verb
    def reactivate(self, ttl: int | Unset | None = UNSET) -> Steps[None]:
        """Bring an archived inbox back under its address, for `ttl` seconds (an hour by default), with a new token.

        Example:
            >>> inbox.reactivate(ttl=600)  # doctest: +SKIP
        """
        data = yield from self._call(operations.reactivate_inbox(self.id, ttl_seconds=ttl))
        self._token_shown = data.token or None
        self._take(data)

    @verb
    def delete(self) -> Steps[None]:
        """Delete the inbox with all that is in it. That it is gone already is fine.

        Example:
            >>> inbox.delete()
        """
        yield from gone_is_fine(self._call(operations.delete_inbox(self.id)))

    @verb
    def stream_ticket(self) -> Steps[StreamTicketData]:
        """Create a ticket that opens the event stream once, without headers, as a browser has to.

        Example:
            >>> inbox.stream_ticket().expires_in
            60
        """
        return (yield from self._call(operations.create_stream_ticket(self.id)))

    # ---- fault plans

    @verb
    def set_fault(self, plan: str) -> Steps[FaultPlan]:
        """Simulate SMTP failures for the next mails, until `clear_fault`; for the words see `parse_fault_plan`.

        Example:
            >>> plan = inbox.set_fault("451 x2, accept")
        """
        from mayfly_mail.faults import parse_fault_plan

        return (yield from self._call(operations.put_fault_plan(self.id, steps=parse_fault_plan(plan))))

    @verb
    def fault_plan(self) -> Steps[FaultPlan | None]:
        """Return the fault plan, with `seen`, the transactions counted so far; None if there is none.

        Example:
            >>> inbox.fault_plan() is None
            True
        """
        try:
            return (yield from self._call(operations.get_fault_plan(self.id)))
        except NotFound:
            return None

    @verb
    def clear_fault(self) -> Steps[None]:
        """Remove the fault plan: mail is accepted as usual. That there is none is fine.

        Example:
            >>> inbox.clear_fault()
        """
        yield from gone_is_fine(self._call(operations.delete_fault_plan(self.id)))


class Inbox(InboxVerbs, Blocking):
    """An inbox: `with mayfly.inbox() as inbox:` creates it and deletes it at the end.

    Example:
        >>> with mayfly.inbox(label="signup") as inbox:
        ...     sign_up(inbox.address)
        ...     code = inbox.wait_for_code()
        >>> code
        '482913'
    """

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, failure: object, trace: object) -> None:
        self._run(self._end(failure))

    def fault(self, plan: str) -> Faults:
        """Simulate SMTP failures in a block: `with inbox.fault("451 x2, accept") as faults:`; `faults.seen` counts.

        Example:
            >>> with inbox.fault("550") as faults:
            ...     faults.seen
            0
        """
        from mayfly_mail.faults import Faults

        return Faults(self, plan)

    def stream(self, *, after: int | str | None = None) -> Stream:
        """Follow the events of the inbox as they come, over any reconnection, until it expires or is deleted.

        Example:
            >>> for event in inbox.stream(after=0):
            ...     if event.type == "message":
            ...         break
            >>> event.subject
            'Welcome'
        """
        from mayfly_mail.stream import Stream

        return Stream(self._where, after)


class AsyncInbox(InboxVerbs, Awaiting):
    """An inbox, awaited: `async with mayfly.inbox() as inbox:` creates it and deletes it at the end."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: object, failure: object, trace: object) -> None:
        await self._run(self._end(failure))

    def fault(self, plan: str) -> AsyncFaults:
        """Simulate SMTP failures while the block runs: `async with inbox.fault("451 x2, accept") as faults:`."""
        from mayfly_mail.faults import AsyncFaults

        return AsyncFaults(self, plan)

    def stream(self, *, after: int | str | None = None) -> AsyncStream:
        """Follow the events of the inbox as they come, over any reconnection, until it expires or is deleted."""
        from mayfly_mail.stream import AsyncStream

        return AsyncStream(self._where, after)
