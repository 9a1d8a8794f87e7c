"""Verbs of single messages, which a client and an inbox both have."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, TypeVar

from mayfly_mail import operations
from mayfly_mail.effects import Steps
from mayfly_mail.errors import NotFound
from mayfly_mail.message import Code, Message
from mayfly_mail.model import Model
from mayfly_mail.operation import Operation, Page
from mayfly_mail.session import gone_is_fine
from mayfly_mail.verbs import verb

if TYPE_CHECKING:
    from email.message import EmailMessage

    from mayfly_mail.models.messages import CodeData, MessageEntry

    Of = str | Message | MessageEntry | Code

__tracebackhide__ = True  # pytest shows the line of the caller

T = TypeVar("T")
L = TypeVar("L", bound=Model)

_LARGEST_PAGE = 100


class Calling(Protocol):
    """What sends operations: a client, or an inbox with its own credentials."""

    def _call(self, operation: Operation[T]) -> Steps[T]: ...


class MessageVerbs:
    """The verbs of single messages. Each takes an id, a `Message`, or an entry of a list."""

    def _call(self, operation: Operation[T]) -> Steps[T]:
        raise NotImplementedError

    @verb
    def message(self, message: Of, *, mark_read: bool = False) -> Steps[Message]:
        """Read a message with its bodies. It stays unread unless `mark_read`.

        Example:
            >>> inbox.message(inbox.messages()[0]).text.strip()
            'Your code is 482913'
        """
        return (yield from message_of(self, id_of(message), is_read=mark_read))

    @verb
    def raw(self, message: Of) -> Steps[bytes]:
        r"""Download the raw mail, octet for octet as it came.

        Example:
            >>> inbox.raw(message)[:5]
            b'From:'
        """
        return (yield from self._call(operations.get_raw_message(id_of(message))))

    @verb
    def attachment(self, message: Of, which: int | str = 0) -> Steps[bytes]:
        """Download an attachment by its index from 0, or by its file name. NotFound if there is none.

        Example:
            >>> inbox.attachment(message, "hello.txt")
            b'hello'
        """
        index = which if isinstance(which, int) else (yield from self._index(message, which))
        return (yield from self._call(operations.get_attachment(id_of(message), index)))

    def _index(self, message: Of, name: str) -> Steps[int]:
        if isinstance(message, Message):
            attachments = message.attachments
        else:
            attachments = yield from self._call(operations.list_attachments(id_of(message)))
        for attachment in attachments:
            if attachment.filename == name:
                return attachment.index
        names = ", ".join(repr(attachment.filename) for attachment in attachments) or "none at all"
        raise NotFound(f"no attachment is named {name!r}; there are: {names}", status=404)

    @verb
    def mark_read(self, message: Of, read: bool = True) -> Steps[Message]:
        """Mark a message as read, or as unread, and return it.

        Example:
            >>> inbox.mark_read(message).data.is_read
            True
        """
        return Message((yield from self._call(operations.change_message(id_of(message), is_read=read))))

    @verb
    def delete_message(self, message: Of) -> Steps[None]:
        """Delete a message with its raw mail and attachments. That it is gone already is fine.

        Example:
            >>> inbox.delete_message(message)
        """
        yield from gone_is_fine(self._call(operations.delete_message(id_of(message))))

    @verb
    def code(self, message: Of, *, explain: bool = False) -> Steps[CodeData]:
        """Get the one-time code of a message with all candidates; with `explain`, the evidence for each.

        Example:
            >>> inbox.code(message).otp
            '482913'
        """
        return (yield from self._call(operations.get_otp(id_of(message), explain=explain or None)))


def octets_of(raw: bytes | str | EmailMessage) -> bytes:
    """Return a mail as it goes over the wire; a str is in UTF-8."""
    if isinstance(raw, bytes):
        return raw
    if isinstance(raw, str):
        return raw.encode("utf-8", "surrogateescape")
    return raw.as_bytes(policy=raw.policy.clone(linesep="\r\n"))  # its own policy: a MIMEText encodes by another one


def id_of(message: Of) -> str:
    """Return the id of whatever stands for a message."""
    if isinstance(message, Code):
        return message.message.id
    return message if isinstance(message, str) else message.id


def message_of(calling: Calling, message_id: str, *, is_read: bool) -> Steps[Message]:
    """Read one message, and mark it as read if wanted."""
    operation = operations.get_message(message_id, peek=None if is_read else True)
    return Message((yield from calling._call(operation)))  # noqa: SLF001 - handles share it with this package


def paged(calling: Calling, part: Callable[[str | None, int], Operation[Page[L]]], limit: int | None) -> Steps[list[L]]:
    """Return the entries of as many pages as it takes for `limit` of them; None: of all."""
    if limit is not None and limit < 1:
        raise ValueError("limit is a number of entries above 0, or None for all")
    found: list[L] = []
    cursor: str | None = None
    while limit is None or len(found) < limit:
        size = _LARGEST_PAGE if limit is None else min(_LARGEST_PAGE, limit - len(found))
        page = yield from calling._call(part(cursor, size))  # noqa: SLF001 - as above
        found += page
        cursor = page.next_cursor
        if cursor is None:
            break
    return found
