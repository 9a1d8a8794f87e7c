"""Failures of the parser alone.

Exception
└── ChildDied           a child process was lost together with the mails it was parsing
    └── ChildTimedOut   it was killed because it took too long

`domain.html` has one of its own, which does not leave it (`domain.html.nesting.NeedsRepair`).
"""


class ChildDied(Exception):
    """The process ended (memory limit, crash, kill)."""


class ChildTimedOut(ChildDied):
    """The process was killed at its time limit."""
