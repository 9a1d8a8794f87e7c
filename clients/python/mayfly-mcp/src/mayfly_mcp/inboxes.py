"""The inboxes that this server made, with their tokens, and which inbox a tool may touch.

A tool that changes something is for inboxes that this server made: a mail that talks a model into deleting, breaking or
filling an inbox reaches no other. Reading goes as far as the rights of the API key. A token never leaves this module's
objects: tools name inboxes by address.
"""

from __future__ import annotations

from mcp.server.mcpserver.exceptions import ToolError

from mayfly_mail import AsyncInbox, AsyncMayfly
from mayfly_mcp.arguments import identifier
from mayfly_mcp.scrubbing import Scrubber


class Inboxes:
    """`has_key`: whether calls carry an API key. `any_inbox`: whether tools may change inboxes of others, too."""

    def __init__(self, client: AsyncMayfly, scrubber: Scrubber, *, has_key: bool, any_inbox: bool = False) -> None:
        self._client = client
        self._scrubber = scrubber
        self._has_key = has_key
        self._any_inbox = any_inbox
        self._own: dict[str, AsyncInbox] = {}
        self._deleted: set[str] = set()

    async def create(self, *, name: str | None, domain: str | None, label: str | None, ttl: int | None) -> AsyncInbox:
        """Make an inbox and keep its token. Raises ToolError when an option needs the key that there is not."""
        if name and "@" in name:
            raise ToolError("name: only the part before the @; what follows it is the domain")
        address = f"{name}@{domain}" if name and domain else name
        if self._has_key:
            inbox = await self._client.inbox(label=label, ttl=ttl or 3600, address=address, domain=domain)
        elif label or ttl:
            raise ToolError("label and ttl_seconds need an API key; without one, leave them out")
        else:
            inbox = await self._client.anonymous_inbox(address=address, domain=domain)
        self._scrubber.add(inbox.token)
        for known in (inbox.address.lower(), inbox.id.lower()):
            self._own[known] = inbox
            self._deleted.discard(known)
        return inbox

    async def to_read(self, address: str) -> AsyncInbox:
        """Return an inbox of this server, or any that the key may read."""
        return self._own.get(_name(address)) or await self._client.open(_name(address))

    async def to_change(self, address: str) -> AsyncInbox:
        """Return an inbox that this server made. Raises ToolError for another, unless all are allowed."""
        own = self._own.get(_name(address))
        if own is not None:
            return own
        if self._any_inbox:
            return await self._client.open(_name(address))
        raise ToolError(
            "this server did not make that inbox, so it changes nothing there. "
            "create_inbox makes one; MAYFLY_MCP_ANY_INBOX=true in the server's settings allows all inboxes of the key"
        )

    def is_deleted(self, address: str) -> bool:
        """Whether it is the address or id of an inbox that was deleted here."""
        return _name(address) in self._deleted

    def forget(self, inbox: AsyncInbox) -> None:
        """Drop an inbox that is deleted."""
        for name in (inbox.address.lower(), inbox.id.lower()):
            self._own.pop(name, None)
            self._deleted.add(name)


def _name(address: str) -> str:
    return identifier("address", address).lower()
