"""One call of Mailpit's API: what its routes are given, and how they find messages."""

from dataclasses import dataclass
from typing import Any

from litestar import Request, Response
from litestar.di import NamedDependency, Provide
from litestar.params import SkipValidation

from api_gateway.dialects.doors import GivenSpace
from api_gateway.dialects.mailpit.options import UTF_8, text
from api_gateway.dialects.mailpit.queries import EVERYTHING, search_of
from api_gateway.edge.caller import Caller
from api_gateway.edge.head import is_head
from api_gateway.edge.parameters import Given, GivenCaller
from api_gateway.messages import MessageHandlers
from mayfly.records.inbox import Inbox
from mayfly.records.message import FoundMessage, Message, MessageFilter
from mayfly.records.search import Search

LATEST = "latest"


class NoLatest(Exception):
    """There is no such message, or none that the search finds."""


def answer_no_latest(_: Request[Any, Any, Any], __: NoLatest) -> Response[str]:
    """The response to NoLatest."""
    return text("Message not found", 404, media_type=UTF_8)


@dataclass(frozen=True, slots=True)
class Call:
    """`space`: the one that the call is about; `caller` may use it."""

    request: Request[Any, Any, Any]
    space: Inbox
    caller: Caller
    messages: MessageHandlers

    async def matching(self, search: Search = EVERYTHING) -> list[FoundMessage]:
        """The messages of the space that the search finds, newest first."""
        return (await self.messages.search.matching(self.caller, self.space.id, search))[1]

    async def tags(self) -> dict[str, int]:
        """The tags of the space, and how many messages have each."""
        counts = await self.messages.tags.counts(self.caller, self.space.id)
        return {counted.tag: counted.count for counted in counts}

    async def find(self, name: str) -> Message:
        """The message with this id, with bodies; `latest`: the newest that an optional `query` finds.

        Raises NotFound for an unknown id, NoLatest, BadSearch.
        """
        return await self.messages.read.in_inbox(self.caller, self.space.id, await self.resolve(name))

    async def open(self, name: str) -> Message:
        """As `find`; marks the message as read."""
        message_id, is_read = await self.resolve(name), not is_head(self.request)
        return await self.messages.read.in_inbox(self.caller, self.space.id, message_id, is_read=is_read)

    async def resolve(self, name: str) -> str:
        """The id that `name` stands for; that of no message unless it is `latest`. Raises NoLatest, BadSearch."""
        if name != LATEST:
            return name
        query = self.request.query_params.get("query", "").strip()
        search = search_of(query, self.request.query_params.get("tz")) if query else None
        wanted = MessageFilter(search=search)
        newest = (await self.messages.read.listing(self.caller, self.space.id, wanted, limit=1)).page.entries
        if not newest:
            raise NoLatest
        return newest[0].id


GivenCall = NamedDependency[SkipValidation[Call]]


def _call(
    request: Request[Any, Any, Any], space: GivenSpace, caller: GivenCaller, messages: Given[MessageHandlers]
) -> Call:
    return Call(request, space, caller, messages)


CALL = {"call": Provide(_call, sync_to_thread=False)}
"""Dependencies of Mailpit's router: `call: GivenCall`."""
