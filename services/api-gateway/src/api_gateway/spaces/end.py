"""Ends spaces: as any inbox, with everything in them and their SMTP credentials."""

from dataclasses import dataclass

from api_gateway.edge.caller import Caller
from api_gateway.inboxes import EndInboxes
from api_gateway.spaces.read import ReadSpaces


@dataclass(frozen=True, slots=True)
class EndSpace:
    read: ReadSpaces
    end: EndInboxes

    async def __call__(self, caller: Caller, name: str) -> None:
        """End the space: from now on it takes no mail and cannot be read. Raises NotFound, InvalidState."""
        space = await self.read.own(caller, name)
        await self.end.one(caller, space.id)
