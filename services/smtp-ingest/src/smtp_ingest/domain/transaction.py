"""One mail transaction, from MAIL to the end of DATA (RFC 5321 section 3.3)."""

from dataclasses import dataclass, field

from mayfly.events.facts import Recipient


@dataclass(slots=True)
class Transaction:
    """`reverse_path` is "" for the null path; `refused` counts forward-paths that got no 250."""

    reverse_path: str
    utf8: bool = False
    recipients: list[Recipient] = field(default_factory=list)
    refused: int = 0

    def add(self, recipient: Recipient) -> None:
        """An inbox gets one copy, however many of its addresses were named."""
        if all(known.inbox_id != recipient.inbox_id for known in self.recipients):
            self.recipients.append(recipient)
