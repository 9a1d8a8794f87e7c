"""What the handlers need of the world; mayfly.store and mayfly.bus fit as they are."""

from datetime import datetime
from typing import Protocol

from mayfly.events.facts import ClaimCheck, MailReceived
from mayfly.store.domains import Domain
from mayfly.store.inboxes import Inbox


class InboxReader(Protocol):
    async def find(self, address: str, now: datetime) -> Inbox | None: ...


class DomainReader(Protocol):
    async def find(self, name: str) -> Domain | None: ...


class MailPublisher(Protocol):
    async def publish(self, fact: MailReceived) -> int: ...


class OctetKeeper(Protocol):
    async def put(self, event_id: str, octets: bytes) -> ClaimCheck: ...
