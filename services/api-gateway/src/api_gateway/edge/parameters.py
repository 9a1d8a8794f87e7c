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

InboxName = Annotated[str, PathParameter(description="The inbox's address, or its id")]
MessageId = Annotated[str, PathParameter(description="The message's id")]
AttachmentIndex = Annotated[int, PathParameter(description="The attachment's index, from 0", ge=0, le=100_000)]
KeyId = Annotated[str, PathParameter(description="The API key's id")]
DomainId = Annotated[str, PathParameter(description="The domain's id")]
MemberId = Annotated[str, PathParameter(description="The member's id")]
InvitationId = Annotated[str, PathParameter(description="The invitation's id")]
AccountId = Annotated[str, PathParameter(description="The account's id")]
LetterId = Annotated[int, PathParameter(description="The dead letter's id", ge=1, le=2**63 - 1)]

Limit = Annotated[int, QueryParameter(ge=1, le=100, description="How many at most")]
Cursor = Annotated[str | None, QueryParameter(description="`X-Next-Cursor` of the page before")]
Label = Annotated[str | None, QueryParameter(max_length=200, description="Only those with this label")]
InboxStatus = Annotated[Literal["active", "archived"], QueryParameter(description="Live inboxes, or archived ones")]
Peek = Annotated[bool, QueryParameter(description="Leave the message unread")]
After = Annotated[
    str | None, QueryParameter(description="Only what came after this cursor (`X-Cursor`, an event's id, `sequence`)")
]
Words = Annotated[
    str | None, QueryParameter(name="q", max_length=200, description="Text in subject, sender or body, in any case")
]
Sender = Annotated[
    str | None, QueryParameter(name="from", max_length=200, description="Text in the sender, in any case")
]
Subject = Annotated[str | None, QueryParameter(max_length=200, description="Text in the subject, in any case")]
HasOtp = Annotated[bool | None, QueryParameter(description="With a one-time password, or without")]
Unread = Annotated[bool | None, QueryParameter(description="Unread ones, or read ones")]
Since = Annotated[datetime | None, QueryParameter(description="Received at this moment or later")]
LastEventId = Annotated[
    str | None, HeaderParameter(name="Last-Event-ID", description="Resume after the event with this id")
]
