"""Reads, adds and removes attachments of a stored message; the raw mail stays unchanged."""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from hashlib import md5, sha1, sha256
from typing import TYPE_CHECKING

from api_gateway.edge.caller import Caller
from api_gateway.inboxes import Reach
from api_gateway.messages.inject import Upload
from api_gateway.messages.room_left import RoomLeft
from api_gateway.refusals import NotFound, TooLarge, found
from mayfly.records.message import Attachment
from mayfly.records.octets import StoredPart, attachment_part, part_id
from mayfly.service.clock import Clock

if TYPE_CHECKING:
    from mayfly.store.attachments import Attachments
    from mayfly.store.deletions import Deletions
    from mayfly.store.octets import Octets

_AT_MOST = 100
_MISSING = "no such attachment"


@dataclass(frozen=True, slots=True)
class MessageAttachments:
    """Changes the list of attachments, not the raw mail.

    `limit`: largest total size of a message's attachments after adding one, in octets; the limit of a mail.
    """

    attachments: "Attachments"
    octets: "Octets"
    deletions: "Deletions"
    reach: Reach
    clock: Clock
    limit: int
    room: RoomLeft

    async def find(self, caller: Caller, message_id: str, index: int) -> Attachment:
        """The attachment without its octets. Raises NotFound."""
        message = await self.reach.message(caller, message_id, bodies=False)
        return found(next((a for a in message.attachments if a.index == index), None), _MISSING)

    def fetch(self, message_id: str, index: int) -> Callable[[], Awaitable[bytes]]:
        """A function that fetches the octets of an attachment that the caller may read; it raises NotFound."""

        async def octets() -> bytes:
            return found(await self.octets.get(message_id, attachment_part(index)), _MISSING)

        return octets

    async def add(self, caller: Caller, message_id: str, upload: Upload) -> Attachment:
        """Attach a file. Its index is new, also when others were removed. Raises TooLarge, QuotaExceeded, NotFound."""
        message = await self.reach.message(caller, message_id, bodies=False)
        if len(message.attachments) >= _AT_MOST:
            raise TooLarge(f"a message can have at most {_AT_MOST} attachments")
        if sum(attachment.size for attachment in message.attachments) + len(upload.octets) > self.limit:
            raise TooLarge(f"the attachments of a message can have at most {self.limit} octets in total")
        inbox = await self.reach.inbox(caller, message.inbox_id)
        await self.room.require(inbox, len(upload.octets), messages=0)
        index = found(await self.attachments.next_index(message_id), "no such message")
        attachment = Attachment(
            index=index,
            filename=upload.filename,
            content_type=upload.content_type,
            size=len(upload.octets),
            sha256=sha256(upload.octets).hexdigest(),
            sha1=sha1(upload.octets, usedforsecurity=False).hexdigest(),
            md5=md5(upload.octets, usedforsecurity=False).hexdigest(),
        )
        # Octets first, so that a listed attachment can always be downloaded.
        await self.octets.insert_missing(
            [StoredPart(message_id, message.inbox_id, attachment_part(index), upload.octets)]
        )
        if not await self.attachments.add(message_id, attachment):
            await self.octets.delete_part(message_id, attachment_part(index))
            raise NotFound("no such message")
        self.room.note(inbox, len(upload.octets), messages=0)
        return attachment

    async def remove(self, caller: Caller, message_id: str, indexes: Collection[int]) -> list[Attachment]:
        """Remove attachments by index; returns those that existed. Raises NotFound if the message does not exist."""
        message = await self.reach.message(caller, message_id, bodies=False)
        there = [attachment for attachment in message.attachments if attachment.index in indexes]
        names = [attachment_part(attachment.index) for attachment in there]
        await self.deletions.mark([part_id(message_id, name) for name in names], self.clock())
        await self.attachments.remove(message_id, [attachment.index for attachment in there])
        for name in names:
            await self.octets.delete_part(message_id, name)
        return there
