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

    `fault`: the step of the only recipient's fault plan that applies to the end of DATA.
    """

    reverse_path: str
    utf8: bool = False
    recipients: list[Recipient] = field(default_factory=list)
    inboxes: list[Inbox] = field(default_factory=list)
    refused: int = 0
    fault: FaultStep | None = None
    size: int = 0

    def holds(self, inbox_id: str) -> bool:
        return any(known.id == inbox_id for known in self.inboxes)
