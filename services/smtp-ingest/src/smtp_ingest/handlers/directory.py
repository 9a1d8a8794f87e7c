"""Finds the inbox for an address: looks up live inboxes and domains in the store.

A live inbox is cached for under a second, and its expiry is checked at every use, so it ends on time. A missing inbox
is never cached: an inbox receives mail from the moment it is created.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING

from mayfly.mail.address import Address
from mayfly.records.inbox import Inbox
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
_ROLES = frozenset({"postmaster", "abuse"})


@dataclass(frozen=True, slots=True)
class _Remembered:
    inbox: Inbox
    since: float


class Directory:
    """`remember`: seconds to cache an inbox. `patience`: seconds the store may take to answer.

    `hostname`: our own name. `operator`: address of the inbox for postmaster and abuse (RFC 2142), "" for none.
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
        operator: str = "",
        ticks: Callable[[], float] = monotonic,
    ) -> None:
        self._ticks = ticks
        self._inboxes = inboxes
        self._domains = domains
        self._clock = clock
        self._remember = remember
        self._patience = patience
        self._hostname = hostname
        self._operator = operator
        self._lookups: Coalescer[None, str, Inbox | None] = Coalescer(self._look_up)
        self._remembered: dict[str, _Remembered] = {}
        self._changes = 0

    def forget(self) -> None:
        """Empty the cache, and do not cache the results of lookups in flight: an inbox has changed."""
        self._changes += 1
        self._remembered.clear()

    async def find(self, address: Address) -> Inbox:
        """The live inbox that receives mail for the address. Raises Rejected when there is none; TransientFailure."""
        inbox = await self._live(str(address))
        if inbox is not None:
            return inbox
        names = _and_above(address.domain)
        domains = await in_time(self._domains.find_among(names), self._patience)
        known = next((domains[name] for name in names if name in domains), None)
        own = known is not None and known.is_public and known.name == address.domain
        if address.local in _ROLES and (own or address.domain == self._hostname):
            inbox = await self._live(self._operator) if self._operator else None
        elif known is None or not (known.name == address.domain or known.allow_subdomains):
            raise Rejected(replies.NO_RELAY, "foreign_domain")
        elif known.name != address.domain:
            inbox = await self._live(f"{address.local}@{known.name}")
        if inbox is None:
            raise Rejected(replies.UNKNOWN_INBOX, "unknown_inbox")
        return inbox

    async def _live(self, address: str) -> Inbox | None:
        known = self._remembered.get(address)
        if known is None or self._ticks() - known.since >= self._remember:
            asked, changes = self._ticks(), self._changes
            inbox = await in_time(self._lookups.get(None, address), self._patience)
            if changes == self._changes:
                self._note(address, inbox, asked)
        else:
            inbox = known.inbox
        return inbox if inbox is not None and inbox.is_live(self._clock()) else None

    def _note(self, address: str, inbox: Inbox | None, asked: float) -> None:
        if inbox is None or not self._remember:
            self._remembered.pop(address, None)
            return
        if len(self._remembered) >= _MAX_REMEMBERED:
            self._remembered.clear()
        # Counted from the time of the question, because the answer may be as old.
        self._remembered[address] = _Remembered(inbox, asked)

    async def _look_up(self, _: None, addresses: Sequence[str]) -> Sequence[Inbox | None]:
        found = await self._inboxes.find_among(list(set(addresses)), self._clock())
        return [found.get(address) for address in addresses]


def _and_above(domain: str) -> list[str]:
    """The domain and its parent domains, nearest first."""
    labels = domain.split(".")
    return [".".join(labels[first:]) for first in range(min(len(labels), _MAX_LABELS_ABOVE))]
