"""Calls of messages. Generated from docs/openapi.json by `make clients`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from mayfly_mail.models.messages import (
    AccountMessageEntry,
    AttachmentData,
    ChangedMessages,
    CodeData,
    DeletedMessages,
    InjectedData,
    LinksData,
    MessageData,
    MessageEntry,
    TagData,
)
from mayfly_mail.multipart import Attachment, octets_or_form
from mayfly_mail.operation import (
    UNSET,
    Operation,
    Page,
    array,
    json_body,
    nothing,
    octets,
    one,
    page,
    target,
)


def clear_inbox(address: str, *, consistent: bool | None = None) -> Operation[None]:
    """Delete every message of an inbox, but not the inbox.

    Args:
        address: Address or id of the inbox.
        consistent: First wait until all mail that was acknowledged before this call is stored; 503 after 10 s.
    """
    return Operation(
        name="clear_inbox",
        method="POST",
        target=target("/api/v1/inboxes/{}/clear", address, consistent=consistent),
        decode=nothing,
    )


def mark_all_read(address: str, *, consistent: bool | None = None) -> Operation[None]:
    """Mark every message of an inbox as read.

    Args:
        address: Address or id of the inbox.
        consistent: First wait until all mail that was acknowledged before this call is stored; 503 after 10 s.
    """
    return Operation(
        name="mark_all_read",
        method="POST",
        target=target("/api/v1/inboxes/{}/mark-all-read", address, consistent=consistent),
        decode=nothing,
    )


def list_messages(
    address: str,
    *,
    limit: int | None = None,
    cursor: str | None = None,
    after: int | str | None = None,
    q: str | None = None,
    tz: str | None = None,
    from_: str | None = None,
    to: str | None = None,
    subject: str | None = None,
    has_otp: bool | None = None,
    unread: bool | None = None,
    since: datetime | None = None,
    consistent: bool | None = None,
) -> Operation[Page[MessageEntry]]:
    """List the messages of an inbox, newest first. It contains every message up to the cursor `X-Cursor`.

    Args:
        address: Address or id of the inbox.
        limit: Maximum number of entries.
        cursor: `X-Next-Cursor` of the previous page.
        after: Only mail stored after this cursor: an `X-Cursor`, the id of an event or a `sequence`.
        q: Only messages that this search finds: words, `"phrases"` and terms such as `from:ann`, `-is:read` or
            `after:2026-11-30`, all of which must hold (docs/search.md).
        tz: Time zone of dates in `q` that name none, such as `Europe/Berlin`; UTC if absent.
        from_: Only messages with this text in the sender (any case).
        to: Only messages with this text in a recipient (any case).
        subject: Only messages with this text in the subject (any case).
        has_otp: Only messages with (true) or without (false) a one-time password.
        unread: Only unread (true) or read (false) messages.
        since: Only messages received at or after this time; UTC if it has no offset.
        consistent: First wait until all mail that was acknowledged before this call is stored; 503 after 10 s.
    """
    return Operation(
        name="list_messages",
        method="GET",
        target=target(
            "/api/v1/inboxes/{}/messages",
            address,
            limit=limit,
            cursor=cursor,
            after=after,
            q=q,
            tz=tz,
            from_=from_,
            to=to,
            subject=subject,
            has_otp=has_otp,
            unread=unread,
            since=since,
            consistent=consistent,
        ),
        decode=page(MessageEntry),
    )


def inject_message(
    address: str,
    *,
    raw: bytes | None = None,
    body: str | None = None,
    html: str | None = None,
    sender: str | None = None,
    subject: str | None = None,
    to: str | None = None,
    attachments: Iterable[Attachment] = (),
) -> Operation[InjectedData]:
    """Put a mail into an inbox: `message/rfc822`, or a form with `sender`, `subject`, `body`, `html` and files.

    In a space its recipients are those of the To and Cc fields, which the form's `to` writes.

    Args:
        address: Address or id of the inbox.
    """
    body_, content_type = octets_or_form(
        raw, "message/rfc822", {"body": body, "html": html, "sender": sender, "subject": subject, "to": to}, attachments
    )
    return Operation(
        name="inject_message",
        method="POST",
        target=target("/api/v1/inboxes/{}/messages", address),
        decode=one(InjectedData),
        body=body_,
        content_type=content_type,
        takes_idempotency_key=True,
    )


def list_tags(address: str) -> Operation[Page[TagData]]:
    """List the tags of an inbox's messages, in alphabetical order.

    Args:
        address: Address or id of the inbox.
    """
    return Operation(
        name="list_tags",
        method="GET",
        target=target("/api/v1/inboxes/{}/tags", address),
        decode=page(TagData),
    )


def list_account_messages(
    *,
    limit: int | None = None,
    cursor: str | None = None,
    q: str | None = None,
    tz: str | None = None,
    from_: str | None = None,
    to: str | None = None,
    subject: str | None = None,
    has_otp: bool | None = None,
    unread: bool | None = None,
    since: datetime | None = None,
    consistent: bool | None = None,
) -> Operation[Page[AccountMessageEntry]]:
    """List the messages of all your inboxes and spaces, newest first.

    It contains every message up to the cursor `X-Cursor`, with which `GET /api/v1/sse/messages` goes on.

    Args:
        limit: Maximum number of entries.
        cursor: `X-Next-Cursor` of the previous page.
        q: Only messages that this search finds: words, `"phrases"` and terms such as `from:ann`, `-is:read` or
            `after:2026-11-30`, all of which must hold (docs/search.md).
        tz: Time zone of dates in `q` that name none, such as `Europe/Berlin`; UTC if absent.
        from_: Only messages with this text in the sender (any case).
        to: Only messages with this text in a recipient (any case).
        subject: Only messages with this text in the subject (any case).
        has_otp: Only messages with (true) or without (false) a one-time password.
        unread: Only unread (true) or read (false) messages.
        since: Only messages received at or after this time; UTC if it has no offset.
        consistent: First wait until all mail that was acknowledged before this call is stored; 503 after 10 s.
    """
    return Operation(
        name="list_account_messages",
        method="GET",
        target=target(
            "/api/v1/messages",
            limit=limit,
            cursor=cursor,
            q=q,
            tz=tz,
            from_=from_,
            to=to,
            subject=subject,
            has_otp=has_otp,
            unread=unread,
            since=since,
            consistent=consistent,
        ),
        decode=page(AccountMessageEntry),
    )


def change_messages(
    *, ids: Iterable[str], is_read: bool | None = None, tags: Iterable[str] | None = None
) -> Operation[ChangedMessages]:
    """Mark up to 100 messages as read or unread, or replace their tags. Those that are missing stop nothing."""
    return Operation(
        name="change_messages",
        method="PATCH",
        target=target("/api/v1/messages"),
        decode=one(ChangedMessages),
        body=json_body(
            ids=array(ids), is_read=UNSET if is_read is None else is_read, tags=UNSET if tags is None else array(tags)
        ),
        content_type="application/json",
    )


def delete_messages(*, ids: Iterable[str]) -> Operation[DeletedMessages]:
    """Delete up to 100 messages with their raw mail and attachments. Those that are missing stop nothing."""
    return Operation(
        name="delete_messages",
        method="POST",
        target=target("/api/v1/messages/delete"),
        decode=one(DeletedMessages),
        body=json_body(ids=array(ids)),
        content_type="application/json",
    )


def get_message(message_id: str, *, peek: bool | None = None) -> Operation[MessageData]:
    """Get a message with its bodies. Marks it as read unless `peek` is true.

    Args:
        message_id: Id of the message.
        peek: Do not mark the message as read.
    """
    return Operation(
        name="get_message",
        method="GET",
        target=target("/api/v1/messages/{}", message_id, peek=peek),
        decode=one(MessageData),
    )


def change_message(
    message_id: str, *, is_read: bool | None = None, tags: Iterable[str] | None = None
) -> Operation[MessageData]:
    """Mark a message as read or unread, or replace its tags.

    Args:
        message_id: Id of the message.
    """
    return Operation(
        name="change_message",
        method="PATCH",
        target=target("/api/v1/messages/{}", message_id),
        decode=one(MessageData),
        body=json_body(is_read=UNSET if is_read is None else is_read, tags=UNSET if tags is None else array(tags)),
        content_type="application/json",
    )


def delete_message(message_id: str) -> Operation[None]:
    """Delete a message with its raw mail and attachments.

    Args:
        message_id: Id of the message.
    """
    return Operation(
        name="delete_message",
        method="DELETE",
        target=target("/api/v1/messages/{}", message_id),
        decode=nothing,
    )


def list_attachments(message_id: str) -> Operation[Page[AttachmentData]]:
    """List the attachments of a message.

    Args:
        message_id: Id of the message.
    """
    return Operation(
        name="list_attachments",
        method="GET",
        target=target("/api/v1/messages/{}/attachments", message_id),
        decode=page(AttachmentData),
    )


def get_attachment(message_id: str, index: int) -> Operation[bytes]:
    """Download an attachment.

    Args:
        message_id: Id of the message.
        index: Index of the attachment, from 0.
    """
    return Operation(
        name="get_attachment",
        method="GET",
        target=target("/api/v1/messages/{}/attachments/{}", message_id, index),
        decode=octets,
        accept="*/*",
    )


def get_links(message_id: str) -> Operation[LinksData]:
    """List the links of a message.

    Args:
        message_id: Id of the message.
    """
    return Operation(
        name="get_links",
        method="GET",
        target=target("/api/v1/messages/{}/links", message_id),
        decode=one(LinksData),
    )


def get_otp(message_id: str, *, explain: bool | None = None) -> Operation[CodeData]:
    """Get the one-time password found in a message, with all candidates and, if `explain` is true, their evidence.

    Args:
        message_id: Id of the message.
        explain: Show the evidence for and against each candidate.
    """
    return Operation(
        name="get_otp",
        method="GET",
        target=target("/api/v1/messages/{}/otp", message_id, explain=explain),
        decode=one(CodeData),
    )


def get_raw_message(message_id: str) -> Operation[bytes]:
    """Download the raw mail of a message, exactly as received.

    Args:
        message_id: Id of the message.
    """
    return Operation(
        name="get_raw_message",
        method="GET",
        target=target("/api/v1/messages/{}/raw", message_id),
        decode=octets,
        accept="application/rfc822",
    )
