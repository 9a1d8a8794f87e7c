"""Limits how often one peer may send wrong credentials, and refuses before the store is asked. Used by edge.admission.

Only wrong credentials count, but a call under way holds a place until it is known to be right: of a thousand guesses at
once, no more than the limit reach the store, and right credentials beside them wait instead of being refused.

Credentials that this peer has proved within a day are neither counted nor refused, whatever else comes from behind the
same NAT; a client whose key was revoked goes on to get 401. What is no guess counts apart, with a limit of its own:
what has no form of credentials (an empty variable in a CI job), and what was wrong from this peer before (a job that
goes on with an old key). So it keeps no place from others behind the same NAT. It is checked like any other.

Each process counts for itself. With several, a peer has as many times the limit.
"""

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from time import monotonic

import structlog

from api_gateway import metrics
from api_gateway.edge.secrets import kind_of
from api_gateway.refusals import LimitExceeded, Unauthorized
from mayfly.failures import Failure
from mayfly.mail.peers import peer_of
from mayfly.service.token_bucket import TokenBucket

_log = structlog.get_logger()
_PROVED_FOR_SECONDS = 86_400.0


@dataclass(slots=True)
class Attempt:
    """One check of credentials. Set `is_wrong` if they are, but the call goes on without them."""

    is_wrong: bool = False


@dataclass(slots=True)
class _Peer:
    """`places`: how many more wrong credentials it may send; `checks`: how many calls hold one meanwhile."""

    places: TokenBucket
    checks: int = 0
    waiting: deque[asyncio.Future[None]] = field(default_factory=deque)
    is_logged: bool = False

    async def a_place_or_the_last_check(self) -> None:
        """Wait until a place was given back, or no check is left that could."""
        turn = asyncio.get_running_loop().create_future()
        self.waiting.append(turn)
        await turn

    def end(self, *, keeps_place: bool) -> None:
        """End a check; `keeps_place`: the credentials were wrong, or nobody knows."""
        self.checks -= 1
        if not keeps_place:
            self.places.give_back()
        called = len(self.waiting) if not self.checks else int(not keeps_place)
        while called and self.waiting:
            turn = self.waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                called -= 1


class Guesses:
    """Wrong credentials by peer: up to `per_minute` at once, and as many again over a minute. `now`: in seconds.

    Memory is bounded to so many peers, proofs and digests of wrong ones; the least recently used go first.
    """

    def __init__(
        self,
        per_minute: int,
        now: Callable[[], float] = monotonic,
        *,
        most_peers: int = 10_000,
        most_proofs: int = 50_000,
    ) -> None:
        self._per_minute = per_minute
        self._most_peers = most_peers
        self._most_proofs = most_proofs
        self._now = now
        self._peers: OrderedDict[str, _Peer] = OrderedDict()
        self._proved: OrderedDict[bytes, float] = OrderedDict()
        self._wrong: OrderedDict[bytes, None] = OrderedDict()

    def has_proved(self, address: str, secret: str) -> bool:
        """Whether the peer of this address has proved these credentials within a day, so that no limit applies."""
        return self._is_proved(_proof(peer_of(address), secret))

    @asynccontextmanager
    async def attempt(self, address: str, secret: str) -> AsyncIterator[Attempt]:
        """Check credentials within this context; they are wrong if Unauthorized is raised, or the attempt says so.

        Raises LimitExceeded when the peer of this address has sent too many wrong ones, or these too often.
        """
        name, kind = peer_of(address), kind_of(secret)
        proof = _proof(name, secret)
        if self._is_proved(proof):
            yield Attempt()
            return
        if kind == "other" or proof in self._wrong:
            name = f"repeating {name}"
        attempt = Attempt()
        try:
            async with self._place(name, kind, attempt):
                yield attempt
        finally:
            if attempt.is_wrong:
                self._wrong[proof] = None
                self._wrong.move_to_end(proof)
                if len(self._wrong) > self._most_proofs:
                    self._wrong.popitem(last=False)
        if not attempt.is_wrong:
            self._wrong.pop(proof, None)
            self._prove(proof)

    @asynccontextmanager
    async def operator_attempt(self, address: str) -> AsyncIterator[None]:
        """Check the operator's token within this context, which raises Unauthorized if it is wrong.

        These attempts are counted apart: wrong API keys do not lock the operator out. A proof is not remembered, since
        an operator may have chosen a token that can be guessed. Raises LimitExceeded.
        """
        async with self._place(f"operator {peer_of(address)}", "operator", Attempt()):
            yield

    @asynccontextmanager
    async def _place(self, name: str, kind: str, attempt: Attempt) -> AsyncIterator[None]:
        peer, keeps_place = await self._take_place(name), True
        try:
            yield
            keeps_place = attempt.is_wrong
        except Failure as failure:
            attempt.is_wrong = keeps_place = isinstance(failure, Unauthorized)
            raise
        finally:
            peer.end(keeps_place=keeps_place)
            if attempt.is_wrong:
                metrics.WRONG_CREDENTIALS.labels(kind).inc()
            elif not peer.checks and not peer.waiting and peer.places.is_full():
                self._peers.pop(name, None)

    async def _take_place(self, name: str) -> _Peer:
        while True:
            peer = self._peers.get(name)
            if peer is None:
                peer = self._peers[name] = _Peer(TokenBucket(self._per_minute / 60, self._per_minute, self._now))
            self._peers.move_to_end(name)
            if len(self._peers) > self._most_peers:
                self._peers.popitem(last=False)
            if peer.places.take():
                peer.checks += 1
                return peer
            if not peer.checks:
                raise self._refusal(name, peer)
            await peer.a_place_or_the_last_check()

    def _refusal(self, name: str, peer: _Peer) -> LimitExceeded:
        metrics.REJECTIONS.labels("wrong credentials").inc()
        if not peer.is_logged:
            peer.is_logged = True
            _log.warning("wrong_credentials_limited", peer=name)
        detail = f"too many wrong credentials from this address (at most {self._per_minute} per minute)"
        return LimitExceeded(detail, retry_after=peer.places.wait())

    def _is_proved(self, proof: bytes) -> bool:
        until = self._proved.get(proof)
        return until is not None and self._now() < until

    def _prove(self, proof: bytes) -> None:
        self._proved[proof] = self._now() + _PROVED_FOR_SECONDS
        self._proved.move_to_end(proof)
        if len(self._proved) > self._most_proofs:
            self._proved.popitem(last=False)


def _proof(peer: str, secret: str) -> bytes:
    return sha256(f"{peer}\n{secret}".encode()).digest()
