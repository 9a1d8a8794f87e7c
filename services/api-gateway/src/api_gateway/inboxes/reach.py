"""Looks up inboxes and messages for a caller; those of other accounts are not found. Used by most rooms."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from api_gateway.edge.caller import Caller
from api_gateway.edge.known_inboxes import KnownInboxes
from api_gateway.edge.paging import is_id
from api_gateway.inboxes.rules import may_use
from api_gateway.refusals import NotFound
from mayfly.failures import PermanentFailure
from mayfly.mail.address import parse_address
from mayfly.records.inbox import AnonymousAccess, Inbox
from mayfly.records.message import Message
from mayfly.service.clock import Clock
from mayfly.service.coalescer import Coalescer, batched, lane_of

if TYPE_CHECKING:
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
    ) -> None:
        self._inboxes = inboxes
        self._messages = messages
        self._known = known
        self._clock = clock
        self._anonymous_access = anonymous_access
        self._found: Coalescer[None, str, Inbox | None] = Coalescer(self._find)
        self._read: Coalescer[_Group, str, Message | None] = Coalescer(self._read_messages)

    async def inbox(self, caller: Caller, name: str) -> Inbox:
        """The live inbox with this address or id. Raises NotFound, also if the caller may not use it."""
        inbox = await self._look_up(name)
        if inbox is None or not may_use(caller, inbox, self._anonymous_access):
            raise NotFound("no such inbox")
        return inbox

    async def message(self, caller: Caller, message_id: str, *, bodies: bool = True) -> Message:
        """The message with this id, if its inbox is live and the caller may use it. Raises NotFound.

        `bodies` False: without bodies, header fields and candidates of codes.
        """
        message = await self._read.get((lane_of(message_id), bodies), message_id)
        if message is None or not await self.may_read(caller, message.inbox_id):
            raise NotFound("no such message")
        return message

    async def may_read(self, caller: Caller, inbox_id: str) -> bool:
        """Whether the inbox with this id is live and the caller may use it."""
        inbox = self._known.get(inbox_id, self._clock()) or await self._by_id(inbox_id)
        return inbox is not None and may_use(caller, inbox, self._anonymous_access)

    async def _look_up(self, name: str) -> Inbox | None:
        if "@" not in name:
            return self._known.get(name, self._clock()) or (await self._by_id(name) if is_id(name) else None)
        try:
            address = str(parse_address(name))
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

    async def _read_messages(self, group: _Group, message_ids: Sequence[str]) -> Sequence[Message | None]:
        _, bodies = group
        found: dict[str, Message] = {}
        for ids in batched(message_ids):
            found |= await self._messages.among(ids, bodies=bodies)
        return [found.get(message_id) for message_id in message_ids]
