"""One mail transaction, from MAIL to the end of DATA (RFC 5321 section 3.3)."""

from dataclasses import dataclass, field

from mayfly.events.facts import Recipient
from mayfly.records.fault_plan import FaultStep
from mayfly.records.inbox import Inbox


@dataclass(slots=True)
class Transaction:
    """`reverse_path`: "" for the null path. `recipients`: one per accepted RCPT, also those that lead to one inbox.

    `inboxes`: those that the recipients lead to, each once. `refused`: number of forward-paths that were rejected.
    `size`: octets that MAIL announced (RFC 1870), 0 if none.

    `is_open`: of the default space's port, where that space takes what no other inbox does.
    `space`: takes every recipient, because the session is logged in to it.

    `fault`: the step of the only recipient's fault plan that applies to the end of DATA.
    """

    reverse_path: str
    utf8: bool = False
    recipients: list[Recipient] = field(default_factory=list)
    inboxes: list[Inbox] = field(default_factory=list)
    refused: int = 0
    fault: FaultStep | None = None
    size: int = 0
    is_open: bool = False
    space: Inbox | None = None

    def holds(self, inbox_id: str) -> bool:
        return any(known.id == inbox_id for known in self.inboxes)
