"""GET /api/v1/messages/{id}/timeline: what happened to a message, and when."""

from datetime import datetime

from litestar import get
from msgspec import Struct

from api_gateway.edge.parameters import Given, GivenCaller, MessageId
from api_gateway.messages.handlers import MessageHandlers
from api_gateway.messages.timeline import TimelineStep


class TimelineView(Struct, frozen=True, kw_only=True):
    """`steps`: in order of time; those that are still to come have a time in the future."""

    message_id: str
    received_at: datetime
    steps: list[TimelineStep]


@get("/messages/{message_id:str}/timeline", opt={"scope": "mailboxes:read"})
async def get_timeline(message_id: MessageId, caller: GivenCaller, messages: Given[MessageHandlers]) -> TimelineView:
    """Show what happened to a message and when: received, stored, announced, and each request to a webhook.

    The broker keeps events for a day, so `visible` and `announced` are missing after that.
    """
    message, steps = await messages.timeline(caller, message_id)
    return TimelineView(message_id=message.id, received_at=message.received_at, steps=steps)
