"""Finds the inbox or the space for a forward-path: looks up live inboxes and domains in the store.

First the inbox of exactly that address, then the space of its domain: `<id>.<public domain>`, or a verified domain that
a space of its account has. An inbox receives mail while it is live and its account has the right to its domain. That
both are so is remembered for under a second, and the expiry is checked at every use, so an inbox ends on time. Only a
yes is ever remembered: before a refusal the store is asked.
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
from mayfly.records.inbox import DEFAULT_SPACE_ID, OPERATOR_INBOX_ID, Inbox, is_space_id
from mayfly.service.clock import Clock
from mayfly.service.coalescer import Coalescer
from smtp_ingest.domain import replies
from smtp_ingest.domain.destination import Destination
from smtp_ingest.domain.replies import Rejected
from smtp_ingest.handlers.waiting import in_time

if TYPE_CHECKING:
    from mayfly.store.domains import Domains
    from mayfly.store.inboxes import Inboxes

_MAX_REMEMBERED = 10_000
_MAX_LABELS_ABOVE = 8
_RESERVED = ReservedNames()
_DEFAULT = "*"


@dataclass(frozen=True, slots=True)
class _Remembered:
    inbox: Inbox
    since: float


@dataclass(frozen=True, slots=True)
class _Zone:
    """What a domain name is here. `domain`: the nearest one that covers it.

    `space_id`: the space that it is named after, as `<id>.<public domain>`, if there is such a space.
    """

    domain: Domain | None
    space_id: str | None


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
        self._zones: Coalescer[None, str, _Zone] = Coalescer(self._look_up_zones)
        self._spaces: Coalescer[None, str, Inbox | None] = Coalescer(self._look_up_spaces)
        self._spaces_on: Coalescer[None, str, Inbox | None] = Coalescer(self._look_up_spaces_on)
        self._remembered: dict[str, _Remembered] = {}
        self._changes = 0

    def forget(self) -> None:
        """Empty the cache, and do not cache the results of lookups in flight: an inbox or a domain has changed."""
        self._changes += 1
        self._remembered.clear()

    async def find(self, destination: Destination) -> Inbox:
        """The live inbox or space that receives mail for it. Raises Rejected when there is none; TransientFailure."""
        # A space named in the domain has one entry for all its addresses, so that none of them needs a look-up.
        for name in (str(destination.inbox), destination.domain):
            if known := self._recall(name):
                return known
        asked, changes = self._ticks(), self._changes
        key, inbox = await self._ask(destination)
        if key and changes == self._changes:
            self._note(key, inbox, asked)
        return inbox

    async def default_space(self) -> Inbox:
        """The space that takes every address. Raises TransientFailure when there is none yet."""
        if known := self._recall(_DEFAULT):
            return known
        asked, changes = self._ticks(), self._changes
        space = await in_time(self._inboxes.get(DEFAULT_SPACE_ID, self._clock()), self._patience)
        if space is None:
            raise TransientFailure("no gateway has made the default space yet")
        if changes == self._changes:
            self._note(_DEFAULT, space, asked)
        return space

    def _recall(self, key: str) -> Inbox | None:
        known = self._remembered.get(key)
        is_fresh = known and self._ticks() - known.since < self._remember and known.inbox.is_live(self._clock())
        return known.inbox if known and is_fresh else None

    async def _ask(self, destination: Destination) -> tuple[str | None, Inbox]:
        """What receives mail for it, and the key to remember that by, if there is one. Raises Rejected."""
        address = destination.inbox
        exact, zone = await asyncio.gather(self._live(address), self._zone(destination.domain))
        if address and (inbox := await self._inbox_of(address, zone.domain, exact)):
            return str(address), inbox
        if space := await self._space_of(zone):
            in_name = zone.domain is None
            return destination.domain if in_name else str(address) if address else None, space
        if zone.space_id or (zone.domain is not None and zone.domain.takes_mail):
            raise Rejected(replies.UNKNOWN_INBOX, "unknown_inbox")
        raise Rejected(replies.NO_RELAY, "foreign_domain")

    async def _inbox_of(self, address: Address, domain: Domain | None, exact: Inbox | None) -> Inbox | None:
        """The inbox for the address; `exact`: the live one with exactly this address."""
        own = domain is not None and domain.is_public
        if address.local in OPERATOR_ROLES and (own or address.domain == self._hostname):
            return await self._operators()
        if domain is None or not domain.takes_mail:
            return None
        if domain.name != address.domain:
            exact = await self._live(Address(address.local, domain.name))
        reserved = domain.is_public and address.local in _RESERVED  # an inbox from before it was reserved
        return None if exact is None or reserved or not domain.takes_mail_for(exact.account_id) else exact

    async def _space_of(self, zone: _Zone) -> Inbox | None:
        """The space that takes all addresses of a domain name."""
        domain = zone.domain
        is_own = domain is not None and domain.takes_mail and not domain.is_public
        if domain and is_own and (space := await self._space_on(domain)):
            return space
        return await in_time(self._spaces.get(None, zone.space_id), self._patience) if zone.space_id else None

    async def _space_on(self, domain: Domain) -> Inbox | None:
        """The space that takes all addresses of a verified domain."""
        space = await in_time(self._spaces_on.get(None, domain.name), self._patience)
        return space if space is not None and domain.takes_mail_for(space.account_id) else None

    async def _operators(self) -> Inbox:
        inbox = await in_time(self._inboxes.get(OPERATOR_INBOX_ID, self._clock()), self._patience)
        if inbox is None:
            raise TransientFailure("no gateway has made the operator's inbox yet")
        return inbox

    async def _live(self, address: Address | None) -> Inbox | None:
        return await in_time(self._lookups.get(None, str(address)), self._patience) if address else None

    async def _zone(self, name: str) -> _Zone:
        return await in_time(self._zones.get(None, name), self._patience)

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

    async def _look_up_zones(self, _: None, names: Sequence[str]) -> Sequence[_Zone]:
        found = await self._domains.find_among(sorted({above for name in names for above in _and_above(name)}))
        return [_Zone(_covering(name, found), _space_id(name, found)) for name in names]

    async def _look_up_spaces(self, _: None, ids: Sequence[str]) -> Sequence[Inbox | None]:
        found = await self._inboxes.live_among(list(set(ids)), self._clock())
        return [found.get(space_id) for space_id in ids]

    async def _look_up_spaces_on(self, _: None, names: Sequence[str]) -> Sequence[Inbox | None]:
        found = await self._inboxes.spaces_on(list(set(names)), self._clock())
        return [found.get(name) for name in names]


def _covering(name: str, domains: Mapping[str, Domain]) -> Domain | None:
    nearest = next((domains[above] for above in _and_above(name) if above in domains), None)
    return nearest if nearest is not None and (nearest.name == name or nearest.allow_subdomains) else None


def _space_id(name: str, domains: Mapping[str, Domain]) -> str | None:
    """The id in `<id>.<public domain>`."""
    label, _, above = name.partition(".")
    return label if is_space_id(label) and above in domains and domains[above].is_public else None


def _and_above(domain: str) -> list[str]:
    """The domain and its parent domains, nearest first."""
    labels = domain.split(".")
    return [".".join(labels[first:]) for first in range(min(len(labels), _MAX_LABELS_ABOVE))]
