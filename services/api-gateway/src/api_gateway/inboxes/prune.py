"""Deletes what is below the horizon of a space before the horizon sinks, so that nothing comes back into being.

A horizon sinks when messages are deleted or the retention grows. The reaper deletes the same, a few seconds later.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from api_gateway.inboxes.reach import Reach
from mayfly.records.inbox import Inbox
from mayfly.service.clock import Clock

if TYPE_CHECKING:
    from mayfly.store.horizons import Horizons
    from mayfly.store.removal import Removal

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class PruneSpace:
    horizons: "Horizons"
    removal: "Removal"
    reach: Reach
    clock: Clock

    async def __call__(self, inbox: Inbox) -> None:
        """Delete the messages of the inbox that do not exist for readers. Raises TransientFailure."""
        extent = await self.reach.extent(inbox)
        while extent.first and (gone := await self.horizons.below(inbox.id, extent.first, _AT_ONCE)):
            await self.removal.remove(gone, self.clock())
