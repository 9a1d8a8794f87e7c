"""The two outcomes a handler can fail with; every edge maps them in one place.

Failure
├── TransientFailure        SMTP 4yz · nak with delay · 503 · webhook retry
│   ├── StorageFull         SMTP 452: accepted nothing, deleted nothing
│   └── Postponed           nothing failed: it has to wait, and that does not count against it
├── PermanentFailure        SMTP 5yz · dead letter and term · webhook gives up
└── Conflict                a unique value is taken (409); nothing was written
"""


class Failure(Exception):
    """Base of every failure that Mayfly itself names. `reason` is safe to log and to keep."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class TransientFailure(Failure):
    """It may work later; `retry_after` (seconds) says when to try, if anything is known."""

    def __init__(self, reason: str, *, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class StorageFull(TransientFailure):
    """The broker or the store has no room; what it already holds stays."""


class Postponed(TransientFailure):
    """Nothing was tried: the event comes again after `retry_after`, as often as it takes."""


class PermanentFailure(Failure):
    """Trying again cannot help."""


class Conflict(Failure):
    """A value that must be unique is taken."""
