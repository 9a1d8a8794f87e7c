"""What the handlers need from outside, as protocols: so they load neither the driver nor the broker's client.

`app` passes mayfly.store, mayfly.bus and the pools of `workers`; tests pass versions that fail on demand.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from mayfly.events import facts
from mayfly.failures import Failure
from mayfly.records.inbox import Inbox
from mayfly.records.message import Authentication, Message
from mayfly.records.octets import StoredPart
from message_parser.domain.authentication import VerdictRequest
from message_parser.domain.parsed import Parsed


class Parser(Protocol):
    async def parse(self, mails: Sequence[bytes]) -> list[Parsed]:
        """One result per mail, in order; `failed` for a mail that cannot be parsed."""
        ...


class Inboxes(Protocol):
    async def live_among(self, inbox_ids: Sequence[str], now: datetime) -> dict[str, Inbox]: ...


class Messages(Protocol):
    async def insert_missing(self, messages: Sequence[Message]) -> None: ...
    async def delete(self, message_ids: Sequence[str]) -> None: ...
    async def mark_unannounced(self, message_ids: Sequence[str]) -> None: ...
    async def existing(self, message_ids: Sequence[str]) -> set[str]: ...


class Octets(Protocol):
    async def insert_missing(self, parts: Sequence[StoredPart]) -> None: ...
    async def delete_of_messages(self, message_ids: Sequence[str]) -> None: ...
    async def delete_part(self, message_id: str, name: str) -> None: ...


class Deletions(Protocol):
    async def mark(self, ids: Sequence[str], now: datetime) -> None: ...
    async def among(self, ids: Sequence[str]) -> set[str]: ...


class Claims(Protocol):
    async def get(self, claim: facts.ClaimCheck) -> bytes: ...
    async def release(self, claim: facts.ClaimCheck, *, settled: int | None = None) -> bool: ...


class Publisher(Protocol):
    async def publish_each(self, batch: Sequence[facts.Fact]) -> list[Failure | None]:
        """What became of each fact, in order; None: it was published."""
        ...


class Unannounced(Protocol):
    async def unannounced(self, limit: int) -> list[Message]: ...
    async def mark_announced(self, message_ids: Sequence[str]) -> None: ...


class Authenticator(Protocol):
    async def authenticate(self, requests: Sequence[VerdictRequest]) -> list[Authentication]:
        """SPF, DKIM and DMARC verdicts of the first of these mails, one at least.

        Never raises for the content of a mail or of a DNS record.
        """
        ...


class Verdicts(Protocol):
    async def set_authentications(self, verdicts: Sequence[tuple[Sequence[str], Authentication]]) -> None: ...
    async def set_authentication_reason(self, message_ids: Sequence[str], reason: str) -> None: ...


class Stored(Protocol):
    """Called with every mail after it was stored."""

    def __call__(self, event: facts.MailReceived, octets: bytes, messages: Sequence[Message]) -> None: ...
