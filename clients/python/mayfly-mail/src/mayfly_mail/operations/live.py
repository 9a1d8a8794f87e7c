"""Calls of live. Generated from docs/openapi.json by `make clients`."""

from __future__ import annotations

from mayfly_mail.models.live import NoMail, StreamTicketData
from mayfly_mail.models.messages import CodeData, MessageData
from mayfly_mail.operation import (
    Operation,
    one,
    target,
    text,
)


def prove_none_came(
    address: str,
    *,
    from_: str | None = None,
    to: str | None = None,
    subject: str | None = None,
    body: str | None = None,
    has_otp: bool | None = None,
    has_link: bool | None = None,
    for_: float | None = None,
    after: int | str | None = None,
) -> Operation[NoMail]:
    """Check that an inbox contains no matching mail and that none arrives within `for` seconds.

    With `after`, only mail stored after that cursor counts. The response is sent after all mail received by then
    has been parsed, so a 200 proves that no matching mail arrived. 409: one did; the response contains it.

    Args:
        address: Address or id of the inbox.
        from_: Only mail whose sender address or name matches: case-insensitive substring, or `re:` followed by an
            RE2 regular expression.
        to: Only mail with a matching recipient address (tag included): case-insensitive substring, or `re:`
            followed by an RE2 regular expression.
        subject: Only mail whose subject matches: case-insensitive substring, or `re:` followed by an RE2 regular
            expression.
        body: Only mail whose text or HTML source matches: case-insensitive substring, or `re:` followed by an RE2
            regular expression.
        has_otp: Only mail with (true) or without (false) a one-time password.
        has_link: Only mail with (true) or without (false) a link.
        for_: Seconds to keep watching for matching mail.
        after: Only mail stored after this cursor: an `X-Cursor`, the id of an event or a `sequence`.
    """
    return Operation(
        name="prove_none_came",
        method="GET",
        target=target(
            "/api/v1/inboxes/{}/messages/none",
            address,
            from_=from_,
            to=to,
            subject=subject,
            body=body,
            has_otp=has_otp,
            has_link=has_link,
            for_=for_,
            after=after,
        ),
        decode=one(NoMail),
    )


def wait_for_message(
    address: str,
    *,
    from_: str | None = None,
    to: str | None = None,
    subject: str | None = None,
    body: str | None = None,
    has_otp: bool | None = None,
    has_link: bool | None = None,
    timeout: float | None = None,
    after: int | str | None = None,
) -> Operation[MessageData]:
    """Wait for a matching mail and return it: the newest one in the inbox, or else the first one to arrive.

    With `after`, only mail stored after that cursor counts, and the oldest match is returned. Pass the `X-Cursor`
    of the response as `after` of the next call to get the next mail. The message stays unread.

    Args:
        address: Address or id of the inbox.
        from_: Only mail whose sender address or name matches: case-insensitive substring, or `re:` followed by an
            RE2 regular expression.
        to: Only mail with a matching recipient address (tag included): case-insensitive substring, or `re:`
            followed by an RE2 regular expression.
        subject: Only mail whose subject matches: case-insensitive substring, or `re:` followed by an RE2 regular
            expression.
        body: Only mail whose text or HTML source matches: case-insensitive substring, or `re:` followed by an RE2
            regular expression.
        has_otp: Only mail with (true) or without (false) a one-time password.
        has_link: Only mail with (true) or without (false) a link.
        timeout: Maximum time to wait, in seconds.
        after: Only mail stored after this cursor: an `X-Cursor`, the id of an event or a `sequence`.
    """
    return Operation(
        name="wait_for_message",
        method="GET",
        target=target(
            "/api/v1/inboxes/{}/messages/wait",
            address,
            from_=from_,
            to=to,
            subject=subject,
            body=body,
            has_otp=has_otp,
            has_link=has_link,
            timeout=timeout,
            after=after,
        ),
        decode=one(MessageData),
    )


def wait_for_otp(
    address: str,
    *,
    from_: str | None = None,
    to: str | None = None,
    subject: str | None = None,
    body: str | None = None,
    has_link: bool | None = None,
    timeout: float | None = None,
    after: int | str | None = None,
    explain: bool | None = None,
) -> Operation[CodeData]:
    """Wait for a mail with a one-time password and return the password; works like `messages/wait`.

    With `explain` true, each candidate has its evidence.

    Args:
        address: Address or id of the inbox.
        from_: Only mail whose sender address or name matches: case-insensitive substring, or `re:` followed by an
            RE2 regular expression.
        to: Only mail with a matching recipient address (tag included): case-insensitive substring, or `re:`
            followed by an RE2 regular expression.
        subject: Only mail whose subject matches: case-insensitive substring, or `re:` followed by an RE2 regular
            expression.
        body: Only mail whose text or HTML source matches: case-insensitive substring, or `re:` followed by an RE2
            regular expression.
        has_link: Only mail with (true) or without (false) a link.
        timeout: Maximum time to wait, in seconds.
        after: Only mail stored after this cursor: an `X-Cursor`, the id of an event or a `sequence`.
        explain: Show the evidence for and against each candidate.
    """
    return Operation(
        name="wait_for_otp",
        method="GET",
        target=target(
            "/api/v1/inboxes/{}/otp/wait",
            address,
            from_=from_,
            to=to,
            subject=subject,
            body=body,
            has_link=has_link,
            timeout=timeout,
            after=after,
            explain=explain,
        ),
        decode=one(CodeData),
    )


def create_stream_ticket(address: str) -> Operation[StreamTicketData]:
    """Create a ticket that opens the event stream of an inbox once, without headers, as `?ticket=`.

    For a browser's EventSource. Limits and revocation apply to the stream as to the credentials of this call.

    Args:
        address: Address or id of the inbox.
    """
    return Operation(
        name="create_stream_ticket",
        method="POST",
        target=target("/api/v1/inboxes/{}/stream-ticket", address),
        decode=one(StreamTicketData),
    )


def stream_inbox(
    address: str, *, after: int | str | None = None, changes: bool | None = None, ticket: str | None = None
) -> Operation[str]:
    """Stream the events of an inbox: `connected`, then `message` for every mail, until `expired` or `deleted`.

    A `ping` is sent every 15 s. The `id` of each `message` is a cursor: send it as `Last-Event-ID` (or as `after`
    on a first connection) to resume on any gateway without gaps or duplicates. `reset`: the cursor is unknown or
    older than a day, so list the messages again. `refused`: the credentials were revoked. If the stream ends after
    a `retry` field, reconnect after that many milliseconds. With `changes`, `change` tells of marks, tags and
    deletions by any client; it has no `id`.

    Args:
        address: Address or id of the inbox.
        after: Only mail stored after this cursor: an `X-Cursor`, the id of an event or a `sequence`.
        changes: Also tell what clients change, as events without an id.
        ticket: A stream ticket, instead of credentials in a header; opens one stream.
    """
    return Operation(
        name="stream_inbox",
        method="GET",
        target=target("/api/v1/sse/inbox/{}", address, after=after, changes=changes, ticket=ticket),
        decode=text,
        accept="text/event-stream",
        streams=True,
    )


def stream_account(*, after: int | str | None = None, changes: bool | None = None) -> Operation[str]:
    """Stream the events of all your inboxes and spaces, also of those that are made later.

    As the stream of an inbox, but `message` has `inbox_id`, and `expired` and `deleted` say which inbox has ended:
    the stream goes on. The cursor is the same. With `changes`, `change` tells of marks, tags and deletions, and
    `inbox` of inboxes that were created, changed or deleted; neither has an `id`.

    Args:
        after: Only mail stored after this cursor: an `X-Cursor`, the id of an event or a `sequence`.
        changes: Also tell what clients change, as events without an id.
    """
    return Operation(
        name="stream_account",
        method="GET",
        target=target("/api/v1/sse/messages", after=after, changes=changes),
        decode=text,
        accept="text/event-stream",
        streams=True,
    )
