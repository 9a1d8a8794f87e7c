"""What the handlers need of the world; mayfly.store and mayfly.bus fit as they are."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from mayfly.events.facts import ClaimCheck, MailReceived
from mayfly.records.domain import Domain
from mayfly.records.fault_plan import FaultStep
from mayfly.records.inbox import Inbox


class InboxReader(Protocol):
    async def find_among(self, addresses: Sequence[str], now: datetime) -> dict[str, Inbox]: ...


class MessageCounter(Protocol):
    async def counts_of_inboxes(self, inbox_ids: Sequence[str]) -> dict[str, int]: ...


class DomainReader(Protocol):
    async def find_among(self, names: Sequence[str]) -> dict[str, Domain]: ...


class FaultCounter(Protocol):
    async def take(self, inbox_id: str) -> FaultStep | None: ...


class MailPublisher(Protocol):
    async def publish(self, fact: MailReceived) -> int: ...


class OctetKeeper(Protocol):
    async def put(self, event_id: str, octets: bytes) -> ClaimCheck: ...
    async def delete(self, claim: ClaimCheck) -> None: ...
