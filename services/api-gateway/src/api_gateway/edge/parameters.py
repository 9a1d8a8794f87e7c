"""What routes ask for, each described once: the calls, the caller, and the parameters that many routes share."""

from datetime import datetime
from typing import Annotated, Literal, TypeVar

from litestar.di import NamedDependency
from litestar.params import HeaderParameter, PathParameter, QueryParameter, SkipValidation

from api_gateway.edge.caller import Caller

T = TypeVar("T")

Given = NamedDependency[SkipValidation[T]]
"""The handlers of a room: `inboxes: Given[InboxHandlers]`. The names are those of api_gateway.rooms."""
GivenCaller = NamedDependency[SkipValidation[Caller]]

InboxName = Annotated[str, PathParameter(description="Address or id of the inbox")]
MessageId = Annotated[str, PathParameter(description="Id of the message")]
AttachmentIndex = Annotated[int, PathParameter(description="Index of the attachment, from 0", ge=0, le=100_000)]
KeyId = Annotated[str, PathParameter(description="Id of the API key")]
DomainId = Annotated[str, PathParameter(description="Id of the domain")]
MemberId = Annotated[str, PathParameter(description="Id of the member")]
InvitationId = Annotated[str, PathParameter(description="Id of the invitation")]
AccountId = Annotated[str, PathParameter(description="Id of the account")]
LetterId = Annotated[int, PathParameter(description="Id of the dead letter", ge=1, le=2**63 - 1)]

Limit = Annotated[int, QueryParameter(ge=1, le=100, description="Maximum number of entries")]
Cursor = Annotated[str | None, QueryParameter(description="`X-Next-Cursor` of the previous page")]
Label = Annotated[str | None, QueryParameter(max_length=200, description="Only those with this label")]
InboxStatus = Annotated[Literal["active", "archived"], QueryParameter(description="Live or archived inboxes")]
Peek = Annotated[bool, QueryParameter(description="Do not mark the message as read")]
After = Annotated[
    str | None,
    QueryParameter(description="Only events after this cursor (`X-Cursor`, the id of an event, or `sequence`)"),
]
Words = Annotated[
    str | None,
    QueryParameter(name="q", max_length=200, description="Text in subject, sender or body, case-insensitive"),
]
Sender = Annotated[
    str | None, QueryParameter(name="from", max_length=200, description="Text in the sender, case-insensitive")
]
Subject = Annotated[str | None, QueryParameter(max_length=200, description="Text in the subject, case-insensitive")]
HasOtp = Annotated[
    bool | None, QueryParameter(description="Only mails with (true) or without (false) a one-time password")
]
Unread = Annotated[bool | None, QueryParameter(description="Only unread (true) or read (false) messages")]
Since = Annotated[datetime | None, QueryParameter(description="Received at or after this time")]
LastEventId = Annotated[
    str | None, HeaderParameter(name="Last-Event-ID", description="Resume after the event with this id")
]
