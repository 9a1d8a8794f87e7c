"""Failures of the parser alone.

Exception
├── Unreadable          the structure of a mail cannot be parsed
└── ChildDied           a child process was lost together with the mails it was parsing
    └── ChildTimedOut   it was killed because it took too long

`domain.html` has one of its own, which does not leave it (`domain.html.nesting.NeedsRepair`).
"""


class Unreadable(Exception):
    """`reason` is safe to store and to show: it never contains text of the mail."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ChildDied(Exception):
    """The process ended (memory limit, crash, kill)."""


class ChildTimedOut(ChildDied):
    """The process was killed at its time limit."""
