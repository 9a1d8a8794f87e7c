"""What routes ask for, each described once: the calls, the caller, and the parameters that many routes share."""

from typing import Annotated

from litestar.di import NamedDependency
from litestar.params import HeaderParameter, PathParameter, QueryParameter, SkipValidation

from api_gateway.domain.caller import Caller
from api_gateway.handlers.calls import Calls

GivenCalls = NamedDependency[SkipValidation[Calls]]
GivenCaller = NamedDependency[SkipValidation[Caller]]

InboxName = Annotated[str, PathParameter(description="The inbox's address, or its id")]
MessageId = Annotated[str, PathParameter(description="The message's id")]
AttachmentIndex = Annotated[int, PathParameter(description="The attachment's index, from 0")]
KeyId = Annotated[str, PathParameter(description="The API key's id")]
Limit = Annotated[int, QueryParameter(ge=1, le=100, description="How many at most")]
Label = Annotated[str | None, QueryParameter(max_length=200, description="Only those with this label")]
Peek = Annotated[bool, QueryParameter(description="Leave the message unread")]
LastEventId = Annotated[
    str | None, HeaderParameter(name="Last-Event-ID", description="Resume after the event with this id")
]
