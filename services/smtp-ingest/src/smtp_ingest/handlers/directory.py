"""Finds the inbox for an address: looks up live inboxes and domains in the store.

An inbox receives mail while it is live and its account has the right to its domain. That both are so is remembered for
under a second, and the expiry is checked at every use, so an inbox ends on time. Only a yes is ever remembered: before
a refusal the store is asked.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING

from mayfly.failures import TransientFailure
from mayfly.mail.address import Address
from mayfly.mail.reserved import OPERATOR_ROLES, ReservedNames
from mayfly.records.domain import Domain
from mayfly.records.inbox import OPERATOR_INBOX_ID, Inbox
from mayfly.service.clock import Clock
from mayfly.service.coalescer import Coalescer
from smtp_ingest.domain import replies
from smtp_ingest.domain.replies import Rejected
from smtp_ingest.handlers.waiting import in_time

if TYPE_CHECKING:
    from mayfly.store.domains import Domains
    from mayfly.store.inboxes import Inboxes

_MAX_REMEMBERED = 10_000
_MAX_LABELS_ABOVE = 8
_RESERVED = ReservedNames()


@dataclass(frozen=True, slots=True)
class _Remembered:
    inbox: Inbox
    since: float


class Directory:
    """`remember`: seconds to cache an inbox. `patience`: seconds the store may take to answer.

    `hostname`: our own name, at which postmaster and abuse have mail too.
    """

    def __init__(
        self,
        inboxes: "Inboxes",
        domains: "Domains",
        clock: Clock,
        *,
        remember: float,
        patience: float,
        hostname: str = "",
        ticks: Callable[[], float] = monotonic,
    ) -> None:
        self._ticks = ticks
        self._inboxes = inboxes
        self._domains = domains
        self._clock = clock
        self._remember = remember
        self._patience = patience
        self._hostname = hostname
        self._lookups: Coalescer[None, str, Inbox | None] = Coalescer(self._look_up)
        self._domain_lookups: Coalescer[None, str, Domain | None] = Coalescer(self._look_up_domains)
        self._remembered: dict[str, _Remembered] = {}
        self._changes = 0

    def forget(self) -> None:
        """Empty the cache, and do not cache the results of lookups in flight: an inbox or a domain has changed."""
        self._changes += 1
        self._remembered.clear()

    async def find(self, address: Address) -> Inbox:
        """The live inbox that receives mail for the address. Raises Rejected when there is none; TransientFailure."""
        known = self._remembered.get(str(address))
        if known and self._ticks() - known.since < self._remember and known.inbox.is_live(self._clock()):
            return known.inbox
        asked, changes = self._ticks(), self._changes
        inbox = await self._ask(address)
        if changes == self._changes:
            self._note(str(address), inbox, asked)
        return inbox

    async def _ask(self, address: Address) -> Inbox:
        inbox, domain = await asyncio.gather(self._live(str(address)), self._domain(address.domain))
        own = domain is not None and domain.is_public
        if address.local in OPERATOR_ROLES and (own or address.domain == self._hostname):
            return await self._operators()
        if domain is None or not domain.takes_mail:
            raise Rejected(replies.NO_RELAY, "foreign_domain")
        if domain.name != address.domain:
            inbox = await self._live(f"{address.local}@{domain.name}")
        reserved = domain.is_public and address.local in _RESERVED  # an inbox from before it was reserved
        if inbox is None or reserved or not domain.takes_mail_for(inbox.account_id):
            raise Rejected(replies.UNKNOWN_INBOX, "unknown_inbox")
        return inbox

    async def _operators(self) -> Inbox:
        inbox = await in_time(self._inboxes.get(OPERATOR_INBOX_ID, self._clock()), self._patience)
        if inbox is None:
            raise TransientFailure("no gateway has made the operator's inbox yet")
        return inbox

    async def _live(self, address: str) -> Inbox | None:
        return await in_time(self._lookups.get(None, address), self._patience)

    async def _domain(self, name: str) -> Domain | None:
        """The nearest domain that covers this name: itself, or one above it that allows subdomains."""
        return await in_time(self._domain_lookups.get(None, name), self._patience)

    def _note(self, address: str, inbox: Inbox, asked: float) -> None:
        if not self._remember:
            return
        if len(self._remembered) >= _MAX_REMEMBERED:
            self._remembered.clear()
        # Counted from the time of the question, because the answer may be as old.
        self._remembered[address] = _Remembered(inbox, asked)

    async def _look_up(self, _: None, addresses: Sequence[str]) -> Sequence[Inbox | None]:
        found = await self._inboxes.find_among(list(set(addresses)), self._clock())
        return [found.get(address) for address in addresses]

    async def _look_up_domains(self, _: None, names: Sequence[str]) -> Sequence[Domain | None]:
        found = await self._domains.find_among(sorted({above for name in names for above in _and_above(name)}))
        return [_covering(name, found) for name in names]


def _covering(name: str, domains: Mapping[str, Domain]) -> Domain | None:
    nearest = next((domains[above] for above in _and_above(name) if above in domains), None)
    return nearest if nearest is not None and (nearest.name == name or nearest.allow_subdomains) else None


def _and_above(domain: str) -> list[str]:
    """The domain and its parent domains, nearest first."""
    labels = domain.split(".")
    return [".".join(labels[first:]) for first in range(min(len(labels), _MAX_LABELS_ABOVE))]
