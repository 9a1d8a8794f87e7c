"""Ends inboxes, one or many: deletes them, or archives those that are recoverable."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from api_gateway.edge.caller import Caller
from api_gateway.edge.known_inboxes import InboxNews
from api_gateway.inboxes.reach import Reach
from api_gateway.inboxes.rules import require_not_default
from api_gateway.refusals import NotFound
from mayfly.events.facts import InboxDeleted, new_event_id
from mayfly.failures import TransientFailure
from mayfly.records.inbox import Inbox
from mayfly.service.clock import Clock

if TYPE_CHECKING:
    from mayfly.bus.publisher import Publisher
    from mayfly.store.archive import Archive
    from mayfly.store.inboxes import Inboxes

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class EndInboxes:
    inboxes: "Inboxes"
    archive: "Archive"
    publisher: "Publisher"
    news: InboxNews
    reach: Reach
    clock: Clock

    async def one(self, caller: Caller, name: str) -> Inbox:
        """End the inbox: it stops existing for the API and SMTP at once.

        Raises NotFound, and InvalidState for the default space.
        """
        inbox = await self.reach.inbox(caller, name)
        require_not_default(inbox)
        await self._end(inbox)
        return inbox

    async def many(self, caller: Caller, ids: Sequence[str]) -> None:
        """End several inboxes of the caller's account by id. Raises like `one`, and ends none then."""
        found = await self.inboxes.live_among(ids, self.clock())
        if any(i not in found or found[i].account_id != caller.account for i in ids):
            raise NotFound("no such inbox")
        for inbox in found.values():
            require_not_default(inbox)
        for inbox in found.values():
            await self._end(inbox)

    async def _end(self, inbox: Inbox) -> None:
        """Archive a recoverable inbox, delete any other; the reaper removes the contents."""
        if inbox.recoverable:
            await self.archive.archive(inbox.id, self.clock())
        else:
            await self.inboxes.delete(inbox.id)
        await self.news.changed(inbox, "deleted")
        try:
            await self.publisher.publish(
                InboxDeleted(
                    event_id=new_event_id(),
                    inbox_id=inbox.id,
                    account_id=inbox.account_id or "",
                    address=inbox.address,
                    deleted_at=self.clock(),
                )
            )
        except TransientFailure as failure:
            # The inbox has ended all the same; expiry-reaper announces it once there is room.
            _log.warning("not_announced", inbox_id=inbox.id, reason=failure.reason)
