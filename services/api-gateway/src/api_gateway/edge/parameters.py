"""Types of the arguments that many routes share: handlers, the caller, path, query and header parameters."""

from datetime import datetime
from typing import Annotated, Literal, TypeVar

from litestar.di import NamedDependency
from litestar.params import HeaderParameter, PathParameter, QueryParameter, SkipValidation

from api_gateway.edge.caller import Caller

T = TypeVar("T")

Given = NamedDependency[SkipValidation[T]]
"""Injects the handlers of a room: `inboxes: Given[InboxHandlers]`. The argument names are in api_gateway.rooms."""
GivenCaller = NamedDependency[SkipValidation[Caller]]

InboxName = Annotated[str, PathParameter(description="Address or id of the inbox")]
MessageId = Annotated[str, PathParameter(description="Id of the message")]
AttachmentIndex = Annotated[int, PathParameter(description="Index of the attachment, from 0", ge=0, le=100_000)]
KeyId = Annotated[str, PathParameter(description="Id of the API key")]
SpaceName = Annotated[str, PathParameter(description="Id or address of the space")]
CredentialsId = Annotated[str, PathParameter(description="Id of the SMTP credentials")]
DomainId = Annotated[str, PathParameter(description="Id of the domain")]
MemberId = Annotated[str, PathParameter(description="Id of the member")]
InvitationId = Annotated[str, PathParameter(description="Id of the invitation")]
AccountId = Annotated[str, PathParameter(description="Id of the account")]
LetterId = Annotated[int, PathParameter(description="Id of the dead letter", ge=1, le=2**63 - 1)]

Limit = Annotated[int, QueryParameter(ge=1, le=100, description="Maximum number of entries")]
Cursor = Annotated[str | None, QueryParameter(min_length=1, description="`X-Next-Cursor` of the previous page")]
Label = Annotated[str | None, QueryParameter(min_length=1, max_length=200, description="Only inboxes with this label")]
InboxStatus = Annotated[
    Literal["active", "archived"], QueryParameter(description="List live (`active`) or archived inboxes")
]
Consistent = Annotated[
    bool,
    QueryParameter(
        description="First wait until all mail that was acknowledged before this call is stored; 503 after 10 s"
    ),
]
Peek = Annotated[bool, QueryParameter(description="Do not mark the message as read")]
Explain = Annotated[bool, QueryParameter(description="Show the evidence for and against each candidate")]
After = Annotated[
    str | None,
    QueryParameter(description="Only mail stored after this cursor: an `X-Cursor`, the id of an event or a `sequence`"),
]
Words = Annotated[
    str | None,
    QueryParameter(
        name="q",
        min_length=1,
        max_length=1_000,
        description=(
            'Only messages that this search finds: words, `"phrases"` and terms such as `from:ann`, `-is:read` or '
            "`after:2026-11-30`, all of which must hold (docs/search.md)"
        ),
    ),
]
TimeZone = Annotated[
    str | None,
    QueryParameter(
        name="tz",
        min_length=1,
        max_length=64,
        description="Time zone of dates in `q` that name none, such as `Europe/Berlin`; UTC if absent",
    ),
]
Sender = Annotated[
    str | None,
    QueryParameter(
        name="from", min_length=1, max_length=200, description="Only messages with this text in the sender (any case)"
    ),
]
Recipient = Annotated[
    str | None,
    QueryParameter(
        name="to", min_length=1, max_length=200, description="Only messages with this text in a recipient (any case)"
    ),
]
Subject = Annotated[
    str | None,
    QueryParameter(min_length=1, max_length=200, description="Only messages with this text in the subject (any case)"),
]
HasOtp = Annotated[
    bool | None, QueryParameter(description="Only messages with (true) or without (false) a one-time password")
]
Unread = Annotated[bool | None, QueryParameter(description="Only unread (true) or read (false) messages")]
Since = Annotated[
    datetime | None,
    QueryParameter(description="Only messages received at or after this time; UTC if it has no offset"),
]
LastEventId = Annotated[
    str | None, HeaderParameter(name="Last-Event-ID", description="Resume the stream after the event with this id")
]
WithChanges = Annotated[
    bool, QueryParameter(name="changes", description="Also tell what clients change, as events without an id")
]
Ticket = Annotated[
    str | None,
    QueryParameter(min_length=1, description="A stream ticket, instead of credentials in a header; opens one stream"),
]
