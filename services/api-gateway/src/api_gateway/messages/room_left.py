"""Whether an inbox may take more octets: mail that comes in by HTTP, or an attachment that is added to a message."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from api_gateway.refusals import QuotaExceeded
from mayfly.failures import TransientFailure
from mayfly.records.inbox import Inbox
from mayfly.service.fullness import Fullness

if TYPE_CHECKING:
    from mayfly.service.free_space import FreeSpace

_RETRY_SECONDS = 60


@dataclass(frozen=True, slots=True)
class RoomLeft:
    fullness: Fullness
    free: "FreeSpace"

    async def require(self, inbox: Inbox, octets: int, *, messages: int = 1) -> None:
        """Check that the inbox may take them. `messages` 0: they become part of a message.

        Raises QuotaExceeded naming the limit; TransientFailure while little disk is free, for an anonymous inbox.
        """
        if self.free.is_low and inbox.account_id is None:
            raise TransientFailure("little disk is free", retry_after=_RETRY_SECONDS)
        if shortage := await self.fullness.shortage(inbox, octets, messages=messages):
            raise QuotaExceeded(str(shortage), retry_after=_RETRY_SECONDS)

    def note(self, inbox: Inbox, octets: int, *, messages: int = 1) -> None:
        """Count what the inbox has taken."""
        self.fullness.add(inbox.id, octets, messages=messages)
