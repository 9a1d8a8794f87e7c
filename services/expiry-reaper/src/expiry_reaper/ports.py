"""What the handlers need from outside; mayfly.store and mayfly.bus satisfy it as they are."""

from collections.abc import AsyncIterator, Collection, Sequence
from datetime import datetime
from typing import Protocol

from mayfly.events import facts
from mayfly.records.inbox import Inbox
from mayfly.records.receipt import Receipt


class Inboxes(Protocol):
    async def lease_ended(self, now: datetime, *, lease: str, lease_until: datetime, limit: int) -> list[Inbox]: ...
    async def remove(self, inbox_ids: Sequence[str]) -> None: ...
    async def oldest_due(self, now: datetime) -> datetime | None: ...


class Messages(Protocol):
    async def holdings_of_inboxes(self, inbox_ids: Sequence[str]) -> dict[str, tuple[int, int]]: ...
    async def delete_of_inboxes(self, inbox_ids: Sequence[str]) -> int: ...


class Octets(Protocol):
    async def delete_of_inboxes(self, inbox_ids: Sequence[str]) -> None: ...


class Deliveries(Protocol):
    async def forget_messages_of(self, inbox_ids: Sequence[str]) -> list[str]: ...


class Endpoints(Protocol):
    async def end_of_inboxes(self, inbox_ids: Sequence[str], ends_at: datetime) -> None: ...


class Receipts(Protocol):
    async def insert_missing(self, receipts: Sequence[Receipt]) -> None: ...
    async def among(self, inbox_ids: Sequence[str]) -> dict[str, Receipt]: ...


class Forgetting(Protocol):
    """The streams, as far as they hold what belongs to an inbox."""

    async def messages_of(self, inbox_ids: Sequence[str]) -> None: ...
    async def attempts_of(self, inbox_ids: Sequence[str]) -> None: ...


class Publisher(Protocol):
    async def publish_all(self, batch: Sequence[facts.Fact]) -> None: ...


class Claims(Protocol):
    async def unwanted(self, before: datetime) -> Sequence[facts.ClaimCheck]:
        """Octets put there before that moment whose mail is no longer in the stream."""
        ...

    async def delete(self, claim: facts.ClaimCheck) -> None: ...


class Belongings(Protocol):
    """One kind of thing that belongs to inboxes or messages, read page by page (mayfly.store.orphans)."""

    @property
    def name(self) -> str: ...
    def pages(self, older_than: datetime) -> AsyncIterator[Sequence[tuple[str, str]]]:
        """Ids and the ids they belong to, of what is older than that moment."""
        ...

    async def owners_among(self, owner_ids: Collection[str]) -> set[str]: ...
    async def delete(self, ids: Sequence[str]) -> None: ...
