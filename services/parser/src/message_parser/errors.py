"""Failures of parser alone.

Exception
├── Unreadable          this mail cannot be parsed; the reason is kept with its octets
├── NeedsMending        markup that only a browser's rules give a meaning; it is read again, mended
└── ChildDied           a parsing process was lost with the mails it held
    └── ChildTimedOut   it was killed because it took too long
"""


class Unreadable(Exception):
    """The reason is safe to keep and to show: it never holds text of the mail."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NeedsMending(Exception):
    """The markup is not what it will be understood as."""


class ChildDied(Exception):
    """The process ended (memory limit, crash, kill)."""


class ChildTimedOut(ChildDied):
    """The process was killed at its time limit."""
