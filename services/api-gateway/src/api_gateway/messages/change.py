"""Marks messages as read or unread, sets their tags, and deletes them: one, several or all of an inbox."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from msgspec import structs

from api_gateway.edge.caller import Caller
from api_gateway.edge.message_news import Change, MessageNews
from api_gateway.inboxes import PruneSpace, Reach, ReadMarks
from api_gateway.messages.rules import require_tags
from api_gateway.refusals import NotFound
from mayfly.records.inbox import Inbox
from mayfly.records.message import Message
from mayfly.service.clock import Clock

if TYPE_CHECKING:
    from mayfly.store.messages import Messages
    from mayfly.store.removal import Removal


@dataclass(frozen=True, slots=True)
class ChangeMessages:
    messages: "Messages"
    removal: "Removal"
    prune: PruneSpace
    reach: Reach
    marks: ReadMarks
    clock: Clock
    news: MessageNews

    async def change(
        self, caller: Caller, message_id: str, *, is_read: bool | None = None, tags: Sequence[str] | None = None
    ) -> Message:
        """Set the read flag, the tags or both; returns the message as it is then.

        Raises NotFound, and BadInput for what is no tag.
        """
        message = await self.reach.message(caller, message_id)
        fields: dict[str, bool | list[str]] = {}
        if tags is not None:
            fields["tags"] = require_tags(tags)
        if is_read is not None:
            fields["is_read"] = is_read
        await self.marks.settled(message.inbox_id)
        await self.messages.change(message_id, fields)
        if is_read is not None:
            await self.news.changed(message.inbox_id, "read" if is_read else "unread", [message_id])
        if tags is not None:
            await self.news.changed(message.inbox_id, "tagged", [message_id], tags=fields["tags"])
        return structs.replace(message, **fields)

    async def change_many(
        self,
        caller: Caller,
        message_ids: Sequence[str],
        *,
        is_read: bool | None = None,
        tags: Sequence[str] | None = None,
    ) -> list[str]:
        """Set read flag, tags or both of those of these messages that the caller may use; returns their ids.

        Raises BadInput for what is no tag.
        """
        fields: dict[str, bool | list[str]] = {}
        if tags is not None:
            fields["tags"] = require_tags(tags)
        if is_read is not None:
            fields["is_read"] = is_read
        found = await self.reach.among(caller, message_ids)
        for inbox, ids in found:
            await self.marks.settled(inbox.id)
            await self.messages.change_many(ids, fields)
            if is_read is not None:
                await self.news.changed(inbox.id, "read" if is_read else "unread", ids)
            if tags is not None:
                await self.news.changed(inbox.id, "tagged", ids, tags=fields["tags"])
        return _in_order(message_ids, found)

    async def delete_some(self, caller: Caller, message_ids: Sequence[str]) -> list[str]:
        """Delete those of these messages that the caller may use, of any inboxes; returns their ids."""
        found = await self.reach.among(caller, message_ids)
        for inbox, ids in found:
            await self._delete(inbox, ids)
        return _in_order(message_ids, found)

    async def mark_all_read(self, caller: Caller, inbox_name: str, *, consistent: bool = False) -> None:
        """Mark every message of the inbox as read. Raises NotFound."""
        inbox = await self.reach.inbox(caller, inbox_name, consistent=consistent)
        await self.messages.mark_all_read(inbox.id)
        await self.news.tell(Change(inbox_id=inbox.id, what="anything"))

    async def delete(self, caller: Caller, message_id: str) -> None:
        """Delete the message with its raw mail and attachments. Raises NotFound."""
        message = await self.reach.message(caller, message_id, bodies=False)
        await self._delete(await self.reach.inbox(caller, message.inbox_id), [message_id])

    async def delete_many(self, caller: Caller, inbox_name: str, message_ids: Sequence[str]) -> None:
        """Delete these messages of one inbox. Raises NotFound, and deletes none, if one is missing."""
        inbox = await self.reach.inbox(caller, inbox_name)
        extent = await self.reach.extent(inbox)
        if await self.messages.existing(message_ids, extent=extent) != set(message_ids):
            raise NotFound("no such message")
        await self._delete(inbox, message_ids)

    async def among(self, inbox: Inbox, message_ids: Sequence[str]) -> list[str]:
        """Those of these ids that are messages of the inbox, each once. The caller may use the inbox."""
        if not message_ids:
            return []
        return sorted(await self.messages.existing(message_ids, extent=await self.reach.extent(inbox)))

    async def mark_among(self, inbox: Inbox, message_ids: Sequence[str], *, is_read: bool) -> None:
        """Set the read flag of those of these messages that exist. The caller has found them in this inbox."""
        await self.marks.settled(inbox.id)
        await self.messages.mark_many_read(message_ids, is_read=is_read)
        await self.news.changed(inbox.id, "read" if is_read else "unread", message_ids)

    async def delete_among(self, inbox: Inbox, message_ids: Sequence[str]) -> None:
        """Delete those of these messages that exist. The caller has found them in this inbox."""
        await self._delete(inbox, message_ids)

    async def delete_all(self, caller: Caller, inbox_name: str, *, consistent: bool = False) -> None:
        """Delete every message that is in the inbox now, but not the inbox. Raises NotFound.

        Deletes by message id, so that a mail that is being stored at the same time keeps its octets.
        """
        inbox = await self.reach.inbox(caller, inbox_name, consistent=consistent)
        await self.removal.remove(await self.messages.ids_of_inbox(inbox.id), self.clock())
        await self.news.tell(Change(inbox_id=inbox.id, what="emptied"))

    async def _delete(self, inbox: Inbox, message_ids: Sequence[str]) -> None:
        await self.prune(inbox)
        await self.removal.remove(message_ids, self.clock())
        await self.news.changed(inbox.id, "deleted", message_ids)


def _in_order(message_ids: Sequence[str], found: Sequence[tuple[Inbox, Sequence[str]]]) -> list[str]:
    there = {message_id for _, ids in found for message_id in ids}
    return [message_id for message_id in dict.fromkeys(message_ids) if message_id in there]
