"""Looks up inboxes and messages for a caller; those of other accounts are not found. Used by most rooms.

What is below the horizon of a space does not exist either: `message` does not find it, and readers of many messages ask
`extent` for those that they may show.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from api_gateway.edge.caller import Caller
from api_gateway.edge.consistency import Consistency
from api_gateway.edge.known_inboxes import KnownInboxes
from api_gateway.edge.paging import is_id
from api_gateway.inboxes.rules import may_use
from api_gateway.refusals import NotFound
from mayfly.failures import PermanentFailure
from mayfly.mail.address import normalise_inbox_address
from mayfly.records.inbox import AnonymousAccess, Extent, Inbox, Retention, is_space_id
from mayfly.records.message import Message
from mayfly.service.clock import Clock
from mayfly.service.coalescer import Coalescer, batched, lane_of

if TYPE_CHECKING:
    from mayfly.store.horizons import Horizons
    from mayfly.store.inboxes import Inboxes
    from mayfly.store.messages import Messages

_Group = tuple[int, bool]
"""A lane, and whether bodies are read."""


class Reach:
    def __init__(
        self,
        *,
        inboxes: "Inboxes",
        messages: "Messages",
        known: KnownInboxes,
        clock: Clock,
        anonymous_access: AnonymousAccess,
        consistency: Consistency,
        horizons: "Horizons",
    ) -> None:
        self._inboxes = inboxes
        self._messages = messages
        self._known = known
        self._clock = clock
        self._anonymous_access = anonymous_access
        self._consistency = consistency
        self._horizons = horizons
        self._extents: Coalescer[tuple[str, Retention], None, Extent] = Coalescer(self._look_up_extent)
        self._found: Coalescer[None, str, Inbox | None] = Coalescer(self._find)
        self._read: Coalescer[_Group, str, Message | None] = Coalescer(self._read_messages)

    async def inbox(self, caller: Caller, name: str, *, consistent: bool = False) -> Inbox:
        """The live inbox with this address or id. `consistent`: once all mail acknowledged for it so far is stored.

        Raises NotFound, also if the caller may not use it; TransientFailure.
        """
        inbox = await self._look_up(name)
        if inbox is None or not may_use(caller, inbox, self._anonymous_access):
            raise NotFound("no such inbox")
        if consistent:
            await self._consistency.settled(inbox.id)
        return inbox

    async def settled(self, inbox_ids: Iterable[str]) -> None:
        """Return when all mail for these inboxes that was acknowledged before the call is stored, or was given up.

        Raises TransientFailure.
        """
        await self._consistency.settled(*inbox_ids)

    async def message(self, caller: Caller, message_id: str, *, bodies: bool = True) -> Message:
        """The message with this id, if its inbox is live and the caller may use it. Raises NotFound.

        `bodies` False: without bodies, header fields and candidates of codes.
        """
        message = await self._read.get((lane_of(message_id), bodies), message_id)
        if message is None or not await self.may_read(caller, message):
            raise NotFound("no such message")
        return message

    async def linked_message(self, caller: Caller, message_id: str) -> Message:
        """As `message`; also one in a space that nobody owns, which is read by the ids of its messages.

        Nobody can guess such an id: 74 of its bits are a digest of the space's id and a random one. Raises NotFound.
        """
        message = await self._read.get((lane_of(message_id), False), message_id)
        if message is not None:
            space = self._known.get(message.inbox_id, self._clock()) or await self._by_id(message.inbox_id)
            if space is not None and space.kind == "space" and space.account_id is None:
                caller = replace(caller, inbox_id=space.id)
        return await self.message(caller, message_id)

    async def among(self, caller: Caller, message_ids: Sequence[str]) -> list[tuple[Inbox, list[str]]]:
        """Those of these messages that exist for the caller, by inbox, each once and in the order of `message_ids`."""
        inbox_ids = await self._messages.inboxes_of(message_ids)
        by_inbox: dict[str, list[str]] = {}
        for message_id in dict.fromkeys(message_ids):
            if message_id in inbox_ids:
                by_inbox.setdefault(inbox_ids[message_id], []).append(message_id)
        found = []
        for inbox_id, ids in by_inbox.items():
            inbox = self._known.get(inbox_id, self._clock()) or await self._by_id(inbox_id)
            if inbox is not None and may_use(caller, inbox, self._anonymous_access):
                extent = await self.extent(inbox)
                if held := [message_id for message_id in ids if extent.holds(message_id)]:
                    found.append((inbox, held))
        return found

    async def may_read(self, caller: Caller, message: Message) -> bool:
        """Whether the message exists for readers, its inbox is live, and the caller may use it."""
        inbox = self._known.get(message.inbox_id, self._clock()) or await self._by_id(message.inbox_id)
        if inbox is None or not may_use(caller, inbox, self._anonymous_access):
            return False
        return (await self.extent(inbox)).holds(message.id)

    async def is_kept(self, space_id: str, message_id: str) -> bool:
        """Whether this message of a space exists for readers. Raises TransientFailure."""
        space = self._known.get(space_id, self._clock()) or await self._by_id(space_id)
        return space is not None and (await self.extent(space)).holds(message_id)

    async def extent(self, inbox: Inbox) -> Extent:
        """The messages of the inbox that exist for readers now: of a space, those that its retention keeps.

        One look-up in an index for a space, none for other inboxes. `inbox` may be a copy from long ago. Raises
        TransientFailure.
        """
        if inbox.retention is None:
            return Extent(inbox.id)
        current = self._known.get(inbox.id, self._clock()) or await self._by_id(inbox.id) or inbox
        return await self._extents.get((inbox.id, current.retention or inbox.retention), None)

    async def _look_up(self, name: str) -> Inbox | None:
        if "@" not in name:
            is_name = is_id(name) or is_space_id(name)
            return self._known.get(name, self._clock()) or (await self._by_id(name) if is_name else None)
        try:
            address = normalise_inbox_address(name)
        except PermanentFailure:
            return None
        return self._known.get(address, self._clock()) or await self._found.get(None, address)

    async def _by_id(self, inbox_id: str) -> Inbox | None:
        now, generation = self._clock(), self._known.generation
        inbox = await self._inboxes.get(inbox_id, now)
        self._known.keep([inbox] if inbox else [], now, generation)
        return inbox

    async def _find(self, _: None, addresses: Sequence[str]) -> Sequence[Inbox | None]:
        now, generation = self._clock(), self._known.generation
        found = await self._inboxes.find_among(list(set(addresses)), now)
        self._known.keep(found.values(), now, generation)
        return [found.get(address) for address in addresses]

    async def _look_up_extent(self, space: tuple[str, Retention], callers: Sequence[None]) -> Sequence[Extent]:
        space_id, retention = space
        return [Extent(space_id, await self._horizons.of(space_id, retention, self._clock()))] * len(callers)

    async def _read_messages(self, group: _Group, message_ids: Sequence[str]) -> Sequence[Message | None]:
        _, bodies = group
        found: dict[str, Message] = {}
        for ids in batched(message_ids):
            found |= await self._messages.among(ids, bodies=bodies)
        return [found.get(message_id) for message_id in message_ids]
