"""Looks up inboxes and messages for a caller; those of other accounts are not found. Used by most rooms."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from api_gateway.edge.caller import Caller
from api_gateway.edge.paging import is_id
from api_gateway.inboxes.rules import may_use
from api_gateway.refusals import NotFound
from mayfly.failures import PermanentFailure
from mayfly.mail.address import parse_address
from mayfly.records.inbox import AnonymousAccess, Inbox
from mayfly.records.message import Message
from mayfly.service.clock import Clock
from mayfly.service.coalescer import Coalescer

if TYPE_CHECKING:
    from mayfly.store.inboxes import Inboxes
    from mayfly.store.messages import Messages


class Reach:
    def __init__(
        self, *, inboxes: "Inboxes", messages: "Messages", clock: Clock, anonymous_access: AnonymousAccess
    ) -> None:
        self._inboxes = inboxes
        self._messages = messages
        self._clock = clock
        self._anonymous_access = anonymous_access
        self._found: Coalescer[None, str, Inbox | None] = Coalescer(self._find)

    async def inbox(self, caller: Caller, name: str) -> Inbox:
        """The live inbox with this address or id. Raises NotFound, also if the caller may not use it."""
        inbox = await self._look_up(name)
        if inbox is None or not may_use(caller, inbox, self._anonymous_access):
            raise NotFound("no such inbox")
        return inbox

    async def message(self, caller: Caller, message_id: str) -> Message:
        """The message with this id, if its inbox is live and the caller may use it. Raises NotFound."""
        message = await self._messages.get(message_id)
        inbox = await self._inboxes.get(message.inbox_id, self._clock()) if message else None
        if message is None or inbox is None or not may_use(caller, inbox, self._anonymous_access):
            raise NotFound("no such message")
        return message

    async def _look_up(self, name: str) -> Inbox | None:
        if "@" not in name:
            return await self._inboxes.get(name, self._clock()) if is_id(name) else None
        try:
            address = str(parse_address(name))
        except PermanentFailure:
            return None
        return await self._found.get(None, address)

    async def _find(self, _: None, addresses: Sequence[str]) -> Sequence[Inbox | None]:
        found = await self._inboxes.find_among(list(set(addresses)), self._clock())
        return [found.get(address) for address in addresses]
