"""Looks at the DNS proofs of custom domains, and says what follows from them. Called by `verify`, and once a day.

A domain without its proof takes mail for a grace time, in which its owner sees `failing_since`; then it is suspended:
mail for it is refused, and its inboxes wait. They are there again when the proof is. Another account that proves the
domain takes it over, unless the first one's record is still in DNS; the first one's inboxes on it end then.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import random
from typing import TYPE_CHECKING, Literal

import structlog

from api_gateway import metrics
from api_gateway.edge.known_inboxes import InboxNews
from api_gateway.refusals import NotFound, Refusal, Taken, refusing
from mayfly.failures import Conflict, TransientFailure
from mayfly.records.domain import DomainOwnership
from mayfly.service.clock import Clock

if TYPE_CHECKING:
    from api_gateway.domains.dns import Resolver
    from mayfly.store.domain_ownerships import DomainOwnerships
    from mayfly.store.domains import Domains
    from mayfly.store.inboxes import Inboxes

ProofStatus = Literal["pending", "verified", "failing", "suspended"]

_EVERY = timedelta(days=1)
_AFTER_NO_ANSWER = timedelta(hours=1)
_IN_A_ROUND = 50
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Proofs:
    """`grace`: how long a domain takes mail without its proof. `chance`: 0 to 1, spreads the daily look-ups."""

    domains: "Domains"
    ownerships: "DomainOwnerships"
    inboxes: "Inboxes"
    resolver: "Resolver"
    news: InboxNews
    grace: timedelta
    clock: Clock
    chance: Callable[[], float] = random

    def status(self, ownership: DomainOwnership) -> ProofStatus:
        """How the proof stands now."""
        if ownership.verified_at is None:
            return "pending"
        until = self.mail_until(ownership)
        if until is None:
            return "verified"
        return "failing" if self.clock() < until else "suspended"

    def mail_until(self, ownership: DomainOwnership) -> datetime | None:
        """When the domain is suspended unless the proof is there again; None while it is there."""
        return None if ownership.failing_since is None else ownership.failing_since + self.grace

    async def accept(self, ownership: DomainOwnership, texts: Sequence[str]) -> None:
        """Receive mail for the domain on behalf of the account whose token is among these TXT records.

        Each step may be repeated: a call that was cut off is completed by the next. Raises Taken when the domain is
        public, or another account's whose proof is among the records too; NotFound when it was let go meanwhile.
        """
        name, account = ownership.name, ownership.account_id
        domain = await self.domains.find(name)
        other = domain.account_id if domain and domain.account_id != account else None
        if other is not None:
            await self._require_gone(other, name, texts)
        with refusing(Conflict, Taken(f"{name} is in use")):
            await self.domains.give(ownership, instead_of=other)
        if ownership.verified_at is None:
            await self.inboxes.end_on_domain(name, but_of=account)
            await self._announce(name)
        if other is not None:
            await self.ownerships.note_lost(other, name)
            _log.info("domain_taken_over", domain=name, account_id=account, former_account_id=other)
        now = self.clock()
        if not await self.ownerships.note_proven(ownership, now, self._next(now)):
            # Let go while DNS was asked: nobody would look this proof up again, or could end it.
            again = await self.ownerships.of_name(account, name)
            if again is None or again.verified_at is None:
                await self.release(ownership)
            raise NotFound("no such domain")
        await self._announce(name)

    async def miss(self, ownership: DomainOwnership) -> None:
        """Note that DNS answered without the proof of a verified domain; suspend the domain after the grace time."""
        since = ownership.failing_since
        if since is None:
            since = self.clock()
            await self.ownerships.note_failing(ownership.id, since)
            _log.warning("domain_proof_missing", domain=ownership.name, account_id=ownership.account_id)
        metrics.DOMAIN_PROOFS.labels("missing").inc()
        if self.clock() < since + self.grace:
            await self.ownerships.check_again(ownership.id, min(since + self.grace, self.clock() + _EVERY))
        elif await self.domains.suspend(ownership.name, ownership.account_id):
            metrics.DOMAIN_PROOFS.labels("suspended").inc()
            _log.warning("domain_suspended", domain=ownership.name, account_id=ownership.account_id)
            await self._announce(ownership.name)

    async def release(self, ownership: DomainOwnership) -> None:
        """Let the domain go: take no more mail for it, and end the account's inboxes on it, then forget the proof."""
        domain = await self.domains.find(ownership.name)
        await self.domains.remove(ownership.name, ownership.account_id)
        if domain is None or not domain.is_public:
            await self.inboxes.end_on_domain(ownership.name, of=ownership.account_id)
        await self._announce(ownership.name)
        await self.ownerships.delete(ownership.id)

    async def recheck(self) -> None:
        """Look up proofs that are due, each by one process. Raises TransientFailure when DNS does not answer."""
        for _ in range(_IN_A_ROUND):
            now = self.clock()
            ownership = await self.ownerships.take_due(now, self._next(now))
            if ownership is None:
                return
            try:
                texts = await self.resolver.txt(ownership.name)
            except TransientFailure:
                # No answer is no sign that the proof has gone.
                metrics.DOMAIN_PROOFS.labels("no_answer").inc()
                await self.ownerships.check_again(ownership.id, now + _AFTER_NO_ANSWER)
                raise
            await self._judge(ownership, texts)

    def _next(self, now: datetime) -> datetime:
        return now + _EVERY * (0.9 + self.chance() / 5)

    async def _judge(self, ownership: DomainOwnership, texts: Sequence[str]) -> None:
        if ownership.txt_token not in texts:
            await self.miss(ownership)
            return
        metrics.DOMAIN_PROOFS.labels("found").inc()
        if ownership.failing_since is not None:
            try:
                await self.accept(ownership, texts)
            except Refusal as refusal:
                _log.info("domain_not_returned", domain=ownership.name, reason=refusal.reason)

    async def _require_gone(self, account_id: str, name: str, texts: Sequence[str]) -> None:
        theirs = await self.ownerships.of_name(account_id, name)
        if theirs is not None and theirs.txt_token in texts:
            raise Taken(
                f"{name} is in use by another account, whose TXT record is still in DNS; remove that record first"
            )

    async def _announce(self, name: str) -> None:
        """Make smtp-ingest and all gateways forget what they know of the domain and its inboxes."""
        await self.news.domain_changed(name)
