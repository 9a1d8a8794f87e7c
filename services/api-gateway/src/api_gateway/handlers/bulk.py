"""Inboxes and messages many at a time: read whole, or ended all or none; and messages by way of their inbox."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from api_gateway.domain.caller import Caller
from api_gateway.errors import NotFound
from api_gateway.handlers.inboxes import InboxCalls
from api_gateway.handlers.reach import Reach
from api_gateway.ports import InboxStore, MessageStore, OctetStore
from mayfly.failures import TransientFailure
from mayfly.records.inbox import Inbox
from mayfly.records.message import Message
from mayfly.service.clock import Clock

# Bodies in one answer, in characters: what one request may make this process hold.
_CHARACTERS = 8 * 1024 * 1024
_NEWEST = 100
# Seconds between looks: about 8 in all, within the 10 that clients wait for an answer.
_PATIENCE = (*[0.01] * 20, *[0.05] * 20, *[0.25] * 27)


@dataclass(frozen=True, slots=True)
class BulkCalls:
    inboxes: InboxCalls
    inbox_store: InboxStore
    messages: MessageStore
    octets: OctetStore
    reach: Reach
    clock: Clock

    async def counted_inboxes(self, caller: Caller, limit: int) -> list[tuple[Inbox, int]]:
        """The caller's live inboxes, newest first, each with how many messages it holds."""
        inboxes = (await self.inboxes.mine(caller, limit=limit)).entries
        counts = await self.messages.counts_of_inboxes([inbox.id for inbox in inboxes])
        return [(inbox, counts.get(inbox.id, 0)) for inbox in inboxes]

    async def whole_messages(self, caller: Caller, inbox_name: str) -> tuple[Inbox, list[Message]]:
        """The inbox and its newest messages with their bodies: up to 100, as far as 8 Mi characters go."""
        inbox = await self.reach.inbox(caller, inbox_name)
        return inbox, await self.messages.newest(inbox.id, _NEWEST, characters=_CHARACTERS)

    async def message_of(self, caller: Caller, inbox_name: str, message_id: str, *, is_read: bool = False) -> Message:
        """The message, when it is in this inbox; `is_read`: from now on. Raises NotFound."""
        inbox = await self.reach.inbox(caller, inbox_name)
        message = await self.reach.message(caller, message_id)
        if message.inbox_id != inbox.id:
            raise NotFound("no such message")
        if is_read and not message.is_read:
            await self.messages.mark_read(message_id)
        return message

    async def await_message(self, caller: Caller, message_id: str) -> Message:
        """A message that is on its way through the stream, as soon as it is stored. Raises TransientFailure."""
        for patience in _PATIENCE:
            if await self.messages.existing([message_id]):
                return await self.reach.message(caller, message_id)
            await asyncio.sleep(patience)
        raise TransientFailure("the mail is accepted, but not stored yet", retry_after=1)

    async def delete_inboxes(self, caller: Caller, ids: Sequence[str]) -> None:
        """End all these inboxes. Raises NotFound, and ends none, if one is missing."""
        found = await self.inbox_store.live_among(ids, self.clock())
        if any(i not in found or found[i].account_id != caller.account for i in ids):
            raise NotFound("no such inbox")
        for inbox in found.values():
            await self.inboxes.end(inbox)

    async def delete_messages(self, caller: Caller, inbox_name: str, message_ids: Sequence[str]) -> None:
        """Delete these messages of one inbox. Raises NotFound, and deletes none, if one is missing."""
        inbox = await self.reach.inbox(caller, inbox_name)
        if await self.messages.existing(message_ids, inbox_id=inbox.id) != set(message_ids):
            raise NotFound("no such message")
        await self.messages.delete(message_ids)
        await self.octets.delete_of_messages(message_ids)
