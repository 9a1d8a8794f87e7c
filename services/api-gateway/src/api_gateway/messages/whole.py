"""Reads messages with their bodies: the newest of an inbox, one of an inbox, or one that was just injected."""

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from api_gateway.edge.caller import Caller
from api_gateway.inboxes import Reach
from api_gateway.refusals import NotFound
from mayfly.failures import TransientFailure
from mayfly.records.inbox import Inbox
from mayfly.records.message import Message

if TYPE_CHECKING:
    from mayfly.store.messages import Messages

# Characters of all bodies in one response: bounds the memory of one request.
_CHARACTERS = 8 * 1024 * 1024
_NEWEST = 100
# Seconds between polls: about 8 s in all, within the 10 s that clients wait for a response.
_PATIENCE = (*[0.01] * 20, *[0.05] * 20, *[0.25] * 27)


@dataclass(frozen=True, slots=True)
class WholeMessages:
    messages: "Messages"
    reach: Reach

    async def newest(self, caller: Caller, inbox_name: str) -> tuple[Inbox, list[Message]]:
        """The inbox and its newest messages with bodies: up to 100 messages and 8 Mi characters. Raises NotFound."""
        inbox = await self.reach.inbox(caller, inbox_name)
        return inbox, await self.messages.newest(inbox.id, _NEWEST, characters=_CHARACTERS)

    async def in_inbox(self, caller: Caller, inbox_name: str, message_id: str, *, is_read: bool = False) -> Message:
        """The message, if it is in this inbox; `is_read` marks it read. Raises NotFound."""
        inbox = await self.reach.inbox(caller, inbox_name)
        message = await self.reach.message(caller, message_id)
        if message.inbox_id != inbox.id:
            raise NotFound("no such message")
        if is_read and not message.is_read:
            await self.messages.mark_read(message_id)
        return message

    async def awaited(self, caller: Caller, message_id: str) -> Message:
        """An injected message, as soon as the parser has stored it. Raises TransientFailure after about 8 s."""
        for patience in _PATIENCE:
            if await self.messages.existing([message_id]):
                return await self.reach.message(caller, message_id)
            await asyncio.sleep(patience)
        raise TransientFailure("the mail was accepted but is not stored yet", retry_after=1)
