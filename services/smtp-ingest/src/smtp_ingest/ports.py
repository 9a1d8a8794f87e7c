"""The broker as the end of DATA needs it: mayfly.bus, or the fakes of mayfly.testing that pass the same tests."""

from typing import Protocol

from mayfly.events.facts import ClaimCheck, MailReceived


class MailPublisher(Protocol):
    async def publish(self, fact: MailReceived) -> object: ...


class OctetKeeper(Protocol):
    async def put(self, event_id: str, octets: bytes) -> ClaimCheck: ...
    async def delete(self, claim: ClaimCheck) -> None: ...
