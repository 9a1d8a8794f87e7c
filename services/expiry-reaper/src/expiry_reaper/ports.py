"""What the handlers need from outside; mayfly.store and mayfly.bus satisfy it as they are."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from mayfly.events import facts
from mayfly.store.inboxes import Inbox


class Inboxes(Protocol):
    async def claim_ended(self, now: datetime, *, lease: str, lease_until: datetime, limit: int) -> list[Inbox]: ...
    async def remove(self, inbox_ids: Sequence[str]) -> None: ...


class Messages(Protocol):
    async def counts_of_inboxes(self, inbox_ids: Sequence[str]) -> dict[str, int]: ...
    async def delete_of_inboxes(self, inbox_ids: Sequence[str]) -> int: ...


class Holdings(Protocol):
    """Anything else that belongs to inboxes: octets, deliveries, endpoints."""

    async def delete_of_inboxes(self, inbox_ids: Sequence[str]) -> None: ...


class Publisher(Protocol):
    async def publish(self, fact: facts.Fact) -> int: ...


class Claims(Protocol):
    async def unwanted(self, before: datetime) -> Sequence[facts.ClaimCheck]:
        """Octets put there before that moment whose mail is no longer in the stream."""
        ...

    async def delete(self, claim: facts.ClaimCheck) -> None: ...
