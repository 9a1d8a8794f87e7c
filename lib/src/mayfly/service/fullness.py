"""Decides whether an inbox may take one more mail: by its messages, its octets, and all octets of its holder.

Used by smtp-ingest at RCPT and by api-gateway for mail and attachments that come in by HTTP. Sums are read from the
store, so what is deleted makes room. While less than half of a limit is used they are cached for 10 s, and what was
accepted here is added; above that an inbox's are read at every use, those of a holder, who may have many inboxes, every
second. Mail that parser has not stored yet is not counted then, so a limit may be exceeded by that, and by one mail.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Literal

from mayfly.records.inbox import Inbox, InboxHolder
from mayfly.records.plan import Plan
from mayfly.service.clock import Clock
from mayfly.service.coalescer import Coalescer
from mayfly.service.plans import ANONYMOUS, PlanTable

if TYPE_CHECKING:
    from mayfly.store.accounts import Accounts
    from mayfly.store.inboxes import Inboxes
    from mayfly.store.messages import Messages

_TRUST_SECONDS = 10.0
_HOLDER_SECONDS = 1.0
_MAX_KNOWN = 10_000


@dataclass(frozen=True, slots=True)
class Shortage:
    """The limit that a mail would exceed. `str()` says it to the sender."""

    of: Literal["messages", "octets_per_inbox", "octets"]
    limit: int

    def __str__(self) -> str:
        match self.of:
            case "messages":
                return f"Inbox is full: it may hold {self.limit} messages"
            case "octets_per_inbox":
                return f"Inbox is full: it may hold {self.limit} octets"
        return f"Inbox is full: all inboxes of its holder together may hold {self.limit} octets"


@dataclass(slots=True)
class _Held:
    """What an inbox or a holder held at `since`, plus what was accepted here since then. `holder`: of an inbox."""

    messages: int
    octets: int
    since: float
    holder: str = ""


@dataclass(frozen=True, slots=True)
class _Payer:
    """The plan that applies to an inbox, and whose inboxes count together."""

    plan: Plan
    holder: InboxHolder
    since: float


class Fullness:
    """`most_messages`: of one inbox. A space is never full of messages, because its oldest ones go."""

    def __init__(
        self,
        *,
        accounts: "Accounts",
        inboxes: "Inboxes",
        messages: "Messages",
        plans: PlanTable,
        most_messages: int,
        clock: Clock,
        ticks: Callable[[], float] = monotonic,
    ) -> None:
        self._accounts = accounts
        self._inboxes = inboxes
        self._messages = messages
        self._plans = plans
        self._most_messages = most_messages
        self._clock = clock
        self._ticks = ticks
        self._lookups: Coalescer[None, str, tuple[int, int]] = Coalescer(self._count)
        self._payers: dict[str, _Payer] = {}
        self._held: dict[str, _Held] = {}

    async def shortage(
        self, inbox: Inbox, octets: int, *, messages: int = 1, besides: Sequence[str] = ()
    ) -> Shortage | None:
        """Why the inbox cannot take a mail of so many octets; None: it can. Raises TransientFailure.

        `octets` 0: of unknown size. `messages` 0: it becomes part of a message. `besides`: ids of the inboxes that get
        a copy of the same mail.
        """
        payer = await self._payer(inbox)
        octets, limit = max(octets, 1), payer.plan.octets_per_inbox
        held = await self._of_inbox(inbox.id, payer)
        if inbox.kind == "inbox" and held.messages + messages > self._most_messages:
            return Shortage("messages", self._most_messages)
        if limit is not None and held.octets + octets > limit:
            return Shortage("octets_per_inbox", limit)
        if (limit := payer.plan.octets) is None:
            return None
        copies = [other for other in map(self._held.get, besides) if other and other.holder == held.holder]
        of_holder = await self._of_holder(payer.holder, limit)
        return Shortage("octets", limit) if of_holder.octets + octets * (1 + len(copies)) > limit else None

    def add(self, inbox_id: str, octets: int, *, messages: int = 1) -> None:
        """Count what was accepted for the inbox."""
        if held := self._held.get(inbox_id):
            held.messages += messages
            held.octets += octets
            if holder := self._held.get(held.holder):
                holder.octets += octets

    async def octets_of(self, holder: InboxHolder) -> int:
        """What all live inboxes of the holder hold, read from the store. Raises TransientFailure."""
        ids = await self._inboxes.ids_held_by(holder, self._clock())
        return sum(octets for _, octets in (await self._messages.holdings_of_inboxes(ids)).values()) if ids else 0

    async def _of_inbox(self, inbox_id: str, payer: _Payer) -> _Held:
        held = self._held.get(inbox_id)
        if held is None or self._age(held) > _TRUST_SECONDS or self._is_half_full(held, payer.plan.octets_per_inbox):
            asked = self._ticks()
            messages, octets = await self._lookups.get(None, inbox_id)
            held = self._note(inbox_id, _Held(messages, octets, asked, payer.holder.subject))
        return held

    def _is_half_full(self, held: _Held, limit: int | None) -> bool:
        return held.messages * 2 >= self._most_messages or (limit is not None and held.octets * 2 >= limit)

    async def _of_holder(self, holder: InboxHolder, limit: int) -> _Held:
        held = self._held.get(holder.subject)
        trusted = _TRUST_SECONDS if held is None or held.octets * 2 < limit else _HOLDER_SECONDS
        if held is None or self._age(held) > trusted:
            asked = self._ticks()
            held = self._note(holder.subject, _Held(0, await self.octets_of(holder), asked))
        return held

    async def _payer(self, inbox: Inbox) -> _Payer:
        key = _payer_key(inbox)
        payer = self._payers.get(key)
        if payer is None or self._ticks() - payer.since > _TRUST_SECONDS:
            asked = self._ticks()
            plan, holder = await self._look_up_payer(inbox)
            if len(self._payers) >= _MAX_KNOWN:
                self._payers.clear()
            payer = self._payers[key] = _Payer(plan, holder, asked)
        return payer

    async def _look_up_payer(self, inbox: Inbox) -> tuple[Plan, InboxHolder]:
        account = await self._accounts.get(inbox.account_id) if inbox.account_id else None
        if account is None:
            return self._plans[ANONYMOUS], InboxHolder(subject=_payer_key(inbox))
        owner = await self._accounts.get(account.team_id) if account.team_id else None
        payer = self._plans.payer(account, owner)
        ids = await self._accounts.ids_of_team(payer.id)
        return self._plans[payer.plan], InboxHolder(subject=f"account:{payer.id}", account_ids=ids)

    def _age(self, held: _Held) -> float:
        return self._ticks() - held.since

    def _note(self, key: str, held: _Held) -> _Held:
        if len(self._held) >= _MAX_KNOWN:
            self._held.clear()
        self._held[key] = held
        return held

    async def _count(self, _: None, inbox_ids: Sequence[str]) -> Sequence[tuple[int, int]]:
        held = await self._messages.holdings_of_inboxes(list(set(inbox_ids)))
        return [held.get(inbox_id, (0, 0)) for inbox_id in inbox_ids]


def _payer_key(inbox: Inbox) -> str:
    """Names the account of an inbox, or who created an anonymous one; earlier versions did not note that."""
    return inbox.account_id or inbox.creator or f"inbox:{inbox.id}"
