"""The command RCPT: adds a recipient to the transaction, or rejects it. Called by the session."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from mayfly.events.facts import Recipient
from mayfly.records.inbox import Inbox
from mayfly.service.fullness import Fullness
from smtp_ingest.domain import replies
from smtp_ingest.domain.destination import read_destination, tag_in_space
from smtp_ingest.domain.faults import fault_reply
from smtp_ingest.domain.limits import RatePerMinute
from smtp_ingest.domain.replies import Rejected
from smtp_ingest.domain.transaction import Transaction
from smtp_ingest.handlers.directory import Directory
from smtp_ingest.handlers.waiting import in_time
from smtp_ingest.settings import Settings

if TYPE_CHECKING:
    from mayfly.service.free_space import FreeSpace
    from mayfly.store.fault_plans import FaultPlans

_MILLISECONDS = 1000
Pause = Callable[[float], Awaitable[None]]
_FULL = {"messages": "inbox_full", "octets_per_inbox": "inbox_full", "octets": "holder_full"}


class Recipients:
    def __init__(
        self, settings: Settings, directory: Directory, fullness: Fullness, free: "FreeSpace", plans: "FaultPlans"
    ) -> None:
        self._settings = settings
        self._directory = directory
        self._fullness = fullness
        self._free = free
        self._plans = plans
        self._rates = {
            "inbox": RatePerMinute(settings.smtp_mails_per_minute_per_inbox),
            "space": RatePerMinute(settings.smtp_mails_per_minute_per_space),
        }

    async def admit(self, transaction: Transaction, forward_path: str, pause: Pause = asyncio.sleep) -> None:
        """Add a forward-path and its inbox to the transaction. An inbox that several lead to gets one message.

        `pause`: lets the peer wait that many seconds, as a fault plan wants it.
        Raises Rejected; TransientFailure when the store does not answer.
        """
        if len(transaction.recipients) >= self._settings.smtp_recipients:
            raise Rejected(replies.TOO_MANY_RECIPIENTS, "too_many")
        inbox, tag = await self._find(transaction, forward_path)
        if not transaction.holds(inbox.id):
            await self._check(transaction, inbox, pause)
            transaction.inboxes.append(inbox)
        transaction.recipients.append(Recipient(forward_path, inbox.id, tag))

    async def _find(self, transaction: Transaction, forward_path: str) -> tuple[Inbox, str]:
        """The inbox or space for a forward-path, and its tag. Raises Rejected, TransientFailure."""
        if transaction.space is not None:
            return transaction.space, tag_in_space(forward_path)
        try:
            destination = read_destination(forward_path, self._settings.smtp_hostname)
            return await self._directory.find(destination), destination.tag
        except Rejected:
            if not transaction.is_open:
                raise
            return await self._directory.default_space(), tag_in_space(forward_path)

    async def _check(self, transaction: Transaction, inbox: Inbox, pause: Pause) -> None:
        """Whether the transaction may have one more inbox. Raises Rejected, TransientFailure."""
        if transaction.recipients and (transaction.fault is not None or _is_planned(inbox)):
            raise Rejected(replies.OWN_TRANSACTION, "fault_plan")
        if self._free.is_low and inbox.account_id is None:
            raise Rejected(replies.LOW_DISK, "low_disk")
        await self._check_room(inbox, transaction.size, transaction.inboxes)
        if not self._rates[inbox.kind].allow(inbox.id):
            raise Rejected(replies.INBOX_TOO_FAST, "inbox_rate")
        if _is_planned(inbox):
            await self._plan(transaction, inbox, pause)

    async def check_room(self, transaction: Transaction, octets: int) -> None:
        """Look at the end of DATA again whether the inboxes have room: since RCPT many mails may have come for them.

        Raises Rejected, TransientFailure.
        """
        for index, inbox in enumerate(transaction.inboxes):
            await self._check_room(inbox, octets, transaction.inboxes[:index])

    async def _check_room(self, inbox: Inbox, octets: int, besides: Sequence[Inbox]) -> None:
        asked = self._fullness.shortage(inbox, octets, besides=sorted(other.id for other in besides))
        if shortage := await in_time(asked, self._settings.smtp_lookup_seconds):
            raise Rejected(replies.inbox_full(str(shortage)), _FULL[shortage.of])

    def tidy(self) -> None:
        """Drop the rate limits of idle inboxes; called every 30 s."""
        for rates in self._rates.values():
            rates.forget_full()

    async def _plan(self, transaction: Transaction, inbox: Inbox, pause: Pause) -> None:
        """Count the transaction in the inbox's fault plan. Raises Rejected when the plan fails this RCPT."""
        step = await in_time(self._plans.take(inbox.id), self._settings.smtp_lookup_seconds)
        if step is None or step.at == "data":
            transaction.fault = step
            return
        await pause(step.delay_ms / _MILLISECONDS)
        if reply := fault_reply(step):
            raise Rejected(reply, "fault_plan")


def _is_planned(inbox: Inbox) -> bool:
    return inbox.fault_plan is not None and not inbox.fault_plan.is_used_up
