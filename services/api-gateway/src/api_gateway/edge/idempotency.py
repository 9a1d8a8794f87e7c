"""Makes retries safe: for 24 hours, the same request with the same Idempotency-Key gets the first response.

A request that repeats one still in progress, on any replica, waits for its response. Called by edge.idempotent_calls.

A key belongs to the account of the caller, or to the inbox whose token the caller sent; without credentials to the IP
address. Responses contain secrets (tokens, API keys), so a repetition gets one only if it proves to be from the first
caller: by the same credentials, or without any by a key that cannot be guessed. Strangers behind one NAT may choose
the same key, such as `signup-test`; a repetition under such a key is refused: it creates nothing and reveals nothing.
"""

import asyncio
import re
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from itertools import chain, repeat
from typing import TYPE_CHECKING

from api_gateway.edge.caller import Caller
from api_gateway.edge.sealing import seal, unseal
from api_gateway.refusals import BadInput, InvalidState, Taken
from mayfly.failures import TransientFailure
from mayfly.service.clock import Clock

if TYPE_CHECKING:
    from mayfly.store.idempotency import IdempotencyRecords

FIELD = "Idempotency-Key"
_LONGEST_KEY = 200
_POLLS = (0.02, 0.04, 0.08, 0.15, 0.3)
# A random UUID (version 4 or 7), with anything around it. Other hexadecimal digits do not count: they are often the
# digest of something that strangers know, such as the commit that a CI job builds. Nor do UUIDs of version 1, 3 and 5:
# those derive from a clock or a name.
_RANDOM = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[47][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_FEWEST_DIGITS = 8
# Random once, and since then in the documentation that people copy from: the Idempotency-Key draft of the IETF,
# Wikipedia and the READMEs of UUID libraries.
_PUBLISHED = frozenset(
    {
        "8e03978e-40d5-43dd-bc93-6894a57f9324",
        "550e8400-e29b-41d4-a716-446655440000",
        "f47ac10b-58cc-4372-a567-0e02b2c3d479",
        "9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d",
        "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed",
        "109156be-c4fb-41ea-b1b4-efe1671c5836",
    }
)


@dataclass(frozen=True, slots=True)
class StoredResponse:
    status: int
    body: bytes


@dataclass(frozen=True, slots=True)
class KeyLease:
    """The right of one request to be the first under its key, until it is completed or released.

    `proof`: what a repetition has to prove to get the response: credentials, or "" if the key itself is the secret;
    None: no repetition gets it. `renewal` extends the lease in the background.
    """

    name: str
    holder: str
    key: str
    proof: str | None
    renewal: asyncio.Task[None]


@dataclass(frozen=True, slots=True)
class IdempotencyKeys:
    """The keys of all callers. A process that died holds its keys for the lease, which it renews while it lives.

    `wait_seconds`: how long a repetition waits for the first request; longer than a lease, so that it takes over.
    """

    records: "IdempotencyRecords"
    clock: Clock
    lease_seconds: float = 6.0
    wait_seconds: float = 10.0

    async def acquire(self, caller: Caller, key: str, request: bytes) -> KeyLease | StoredResponse:
        """A lease on the caller's `key`, or the stored response if the request is a repetition.

        `request`: method, path and body as octets. Waits up to `wait_seconds` while the first request is in progress.
        Raises InvalidState after that, Taken if the key was used for a different request or the caller cannot prove to
        be the first, BadInput for an empty or too long key, TransientFailure.
        """
        if not key or len(key) > _LONGEST_KEY:
            raise BadInput(f"must have 1 to {_LONGEST_KEY} characters", field=FIELD)
        name = sha256(f"{_scope(caller)}\n{key}".encode()).hexdigest()
        proof = _proof(caller, key)
        fingerprint = sha256(request).digest()
        holder = secrets.token_hex(16)
        deadline = asyncio.get_running_loop().time() + self.wait_seconds
        for pause in chain(_POLLS, repeat(_POLLS[-1])):
            record = await self.records.acquire(name, fingerprint, holder, self.clock(), self._lease)
            if record.holder == holder and record.status is None:
                return KeyLease(name, holder, key, proof, asyncio.create_task(self._renew(name, holder)))
            if record.fingerprint != fingerprint:
                raise Taken("already used for a different request", field=FIELD)
            if record.status is not None:
                return StoredResponse(record.status, _opened(record.body, proof, key))
            if asyncio.get_running_loop().time() + pause > deadline:
                break
            await asyncio.sleep(pause)
        raise InvalidState("the first request with this key is still in progress; try again", field=FIELD)

    async def complete(self, lease: KeyLease, status: int, body: bytes) -> None:
        """Store the response of a successful request; after an error the key can be used again."""
        if status >= 400:  # noqa: PLR2004 - HTTP: errors start here
            await self.release(lease)
            return
        lease.renewal.cancel()
        sealed = b"" if lease.proof is None else seal(body, proof=lease.proof, name=lease.key)
        await self.records.complete(lease.name, lease.holder, status, sealed)

    async def release(self, lease: KeyLease) -> None:
        """Give up the lease: the next request under the key is the first again."""
        lease.renewal.cancel()
        await self.records.release(lease.name, lease.holder)

    async def _renew(self, name: str, holder: str) -> None:
        while True:
            await asyncio.sleep(self.lease_seconds / 3)
            with suppress(TransientFailure):
                await self.records.renew(name, holder, self._lease)

    @property
    def _lease(self) -> timedelta:
        return timedelta(seconds=self.lease_seconds)


def is_unguessable(key: str) -> bool:
    """Whether the key holds a random UUID, which no stranger chooses too."""
    return any(
        found not in _PUBLISHED and len(set(found) - {"-"}) >= _FEWEST_DIGITS for found in _RANDOM.findall(key.lower())
    )


def _scope(caller: Caller) -> str:
    if caller.account_id is not None:
        return f"account:{caller.account_id}"
    return f"inbox:{caller.inbox_id}" if caller.inbox_id is not None else caller.subject


def _proof(caller: Caller, key: str) -> str | None:
    if caller.account_id is not None or caller.inbox_id is not None:
        return caller.proof
    return "" if is_unguessable(key) else None


def _opened(body: bytes, proof: str | None, key: str) -> bytes:
    if proof is None:
        raise Taken(
            "already used; without credentials only a random key (UUID version 4 or 7) gets the first response",
            field=FIELD,
        )
    opened = unseal(body, proof=proof, name=key)
    if opened is None:
        raise Taken("already used with different credentials", field=FIELD)
    return opened
