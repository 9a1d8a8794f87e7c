"""Reading and deleting messages."""

from api_gateway.domain.caller import Caller
from api_gateway.errors import NotFound
from api_gateway.handlers.reach import Reach
from api_gateway.ports import LiveSource, MessageStore, OctetStore
from mayfly.store.messages import Message, MessageSummary
from mayfly.store.octets import RAW, attachment_part


class MessageCalls:
    def __init__(self, *, messages: MessageStore, octets: OctetStore, live: LiveSource, reach: Reach) -> None:
        self._messages = messages
        self._octets = octets
        self._live = live
        self._reach = reach

    async def listing(self, caller: Caller, inbox_name: str, *, limit: int) -> list[MessageSummary]:
        """The inbox's messages, newest first."""
        inbox = await self._reach.inbox(caller, inbox_name)
        return await self._messages.summaries(inbox.id, limit=limit)

    async def read(self, caller: Caller, message_id: str, *, peek: bool = False) -> Message:
        """The whole message; reading marks it read, peeking does not."""
        message = await self._reach.message(caller, message_id)
        if not peek and not message.is_read:
            await self._messages.mark_read(message_id)
        return message

    async def raw(self, caller: Caller, message_id: str) -> bytes:
        """The octets as received."""
        await self._reach.message(caller, message_id)
        octets = await self._octets.get(message_id, RAW)
        if octets is None:
            raise NotFound("no such message")
        return octets

    async def attachment(self, caller: Caller, message_id: str, index: int) -> tuple[Message, bytes]:
        """The message and the decoded octets of its attachment `index`."""
        message = await self._reach.message(caller, message_id)
        octets = await self._octets.get(message_id, attachment_part(index))
        if octets is None or not any(attachment.index == index for attachment in message.attachments):
            raise NotFound("no such attachment")
        return message, octets

    async def delete(self, caller: Caller, message_id: str) -> None:
        await self._reach.message(caller, message_id)
        await self._messages.delete([message_id])
        await self._octets.delete_of_messages([message_id])
