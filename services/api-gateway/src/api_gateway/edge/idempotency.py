"""Makes retries safe: for 24 hours, the same request with the same Idempotency-Key gets the first response.

edge.admission calls `begin` before the route; edge.answer_keeper stores the response through `finish`.
"""

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
    """A request whose response is to be stored under `name`, encrypted with `proof` (credentials) and `key`."""

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
        """Register the request under the caller's `key`, or return the stored response if it is a repetition.

        `request`: method, path and body as octets. Raises Taken for a different request under the same key,
        TransientFailure while the first is still being processed, BadInput for an empty or too long key.
        """
        if not key or len(key) > _LONGEST_KEY:
            raise BadInput(f"must have 1 to {_LONGEST_KEY} characters", field="Idempotency-Key")
        # The name includes the caller, so that keys of different tenants cannot collide.
        asker = caller.account_id or caller.subject
        first = FirstRequest(sha256(f"{asker}\n{key}".encode()).hexdigest(), caller.proof, key)
        fingerprint = sha256(request).digest()
        kept = await self.store.begin(first.name, fingerprint, self.clock(), _PATIENCE)
        if kept is None:
            return first
        if kept.fingerprint != fingerprint:
            raise Taken("already used for a different request", field="Idempotency-Key")
        if kept.status is None:
            raise TransientFailure("the first request with this key is still being processed", retry_after=1)
        body = unseal(kept.body, proof=first.proof, name=key)
        if body is None:
            raise Taken("already used with different credentials", field="Idempotency-Key")
        return FirstAnswer(kept.status, body)

    async def finish(self, first: FirstRequest, status: int, body: bytes) -> None:
        """Store the response of a successful request; after an error the key can be used again."""
        if status < 400:  # noqa: PLR2004 - HTTP: errors start here
            await self.store.finish(first.name, status, seal(body, proof=first.proof, name=first.key))
        else:
            await self.store.abandon(first.name)
