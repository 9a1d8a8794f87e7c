"""What the handlers need of the world; mayfly.store, mayfly.bus and adapters.children satisfy it as they are."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from mayfly.events import facts
from mayfly.records.inbox import Inbox
from mayfly.records.message import Authentication, Message
from mayfly.records.octets import StoredPart
from message_parser.domain.authentication import Question
from message_parser.domain.parsed import Parsed


class Parser(Protocol):
    async def parse(self, mails: Sequence[bytes]) -> list[Parsed]:
        """One result per mail, in order; a mail that cannot be parsed gives a `failed` one."""
        ...


class Inboxes(Protocol):
    async def live_among(self, inbox_ids: Sequence[str], now: datetime) -> dict[str, Inbox]: ...


class Messages(Protocol):
    async def insert_missing(self, messages: Sequence[Message]) -> None: ...
    async def delete(self, message_ids: Sequence[str]) -> None: ...
    async def existing(self, message_ids: Sequence[str]) -> set[str]: ...


class Octets(Protocol):
    async def insert_missing(self, parts: Sequence[StoredPart]) -> None: ...
    async def delete_of_messages(self, message_ids: Sequence[str]) -> None: ...


class Claims(Protocol):
    async def get(self, claim: facts.ClaimCheck) -> bytes: ...
    async def delete(self, claim: facts.ClaimCheck) -> None: ...


class Publisher(Protocol):
    async def publish_all(self, batch: Sequence[facts.Fact]) -> None: ...


class Judge(Protocol):
    async def judge(self, question: Question) -> Authentication:
        """SPF, DKIM and DMARC verdicts; never raises for what a mail or a DNS record may hold."""
        ...


class Verdicts(Protocol):
    async def set_authentication(self, message_ids: Sequence[str], authentication: Authentication) -> None: ...


class Reachable(Protocol):
    async def __call__(self) -> None:
        """Raises TransientFailure while the store is out of reach."""
        ...


class Stored(Protocol):
    """Told of every mail that was stored."""

    def __call__(self, event: facts.MailReceived, octets: bytes, messages: Sequence[Message]) -> None: ...
