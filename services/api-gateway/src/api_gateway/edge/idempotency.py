"""Repeated requests: the same idempotency key and the same request give the first answer, for 24 hours."""

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from api_gateway.edge.caller import Caller
from api_gateway.edge.sealing import seal, unseal
from api_gateway.refusals import BadInput, Taken
from mayfly.failures import TransientFailure
from mayfly.service.clock import Clock

if TYPE_CHECKING:
    from mayfly.store.idempotency import Idempotency

_PATIENCE = timedelta(seconds=30)
_LONGEST_KEY = 200


@dataclass(frozen=True, slots=True)
class FirstRequest:
    """Under this name the store waits for the answer; `proof` and `key` seal it."""

    name: str
    proof: str
    key: str


@dataclass(frozen=True, slots=True)
class FirstAnswer:
    status: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Repeats:
    store: "Idempotency"
    clock: Clock

    async def begin(self, caller: Caller, key: str, request: bytes) -> FirstRequest | FirstAnswer:
        """Whether this is the first request under the caller's `key`, or what the first was answered.

        `request`: method, path and body as octets. Raises Taken for another request under the same key,
        TransientFailure while the first is still being worked on, BadInput for a key too long.
        """
        if not key or len(key) > _LONGEST_KEY:
            raise BadInput(f"1 to {_LONGEST_KEY} characters", field="Idempotency-Key")
        # Who asks is part of the name: one tenant's key means nothing to another.
        asker = caller.account_id or caller.subject
        first = FirstRequest(sha256(f"{asker}\n{key}".encode()).hexdigest(), caller.proof, key)
        fingerprint = sha256(request).digest()
        kept = await self.store.begin(first.name, fingerprint, self.clock(), _PATIENCE)
        if kept is None:
            return first
        if kept.fingerprint != fingerprint:
            raise Taken("used for another request already", field="Idempotency-Key")
        if kept.status is None:
            raise TransientFailure("the first request with this key is still under way", retry_after=1)
        body = unseal(kept.body, proof=first.proof, name=key)
        if body is None:
            raise Taken("used with other credentials already", field="Idempotency-Key")
        return FirstAnswer(kept.status, body)

    async def finish(self, first: FirstRequest, status: int, body: bytes) -> None:
        """Keep what was created; a request that created nothing may be tried again under its key."""
        if status < 400:  # noqa: PLR2004 - HTTP: errors start here
            await self.store.finish(first.name, status, seal(body, proof=first.proof, name=first.key))
        else:
            await self.store.abandon(first.name)
