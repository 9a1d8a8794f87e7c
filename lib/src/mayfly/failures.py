"""Failures of handlers, each mapped in one place per edge to SMTP, HTTP, the broker and webhooks.

Failure
├── TransientFailure        SMTP 4yz · nak with delay, without end · 503 · webhook retry
│   ├── StorageFull         SMTP 452: accepted nothing, deleted nothing
│   └── Postponed           nothing failed: it has to wait
├── PermanentFailure        SMTP 5yz · dead letter and term · webhook gives up
│   ├── QuotaReached        a quota for creating inboxes has no room
│   └── UnknownDeadLetter   the dead letter was replayed, discarded or forgotten
└── Conflict                a unique value is taken (409); nothing was written
"""


class Failure(Exception):
    """Base of every failure that Mayfly defines. `reason` holds nothing secret and may be logged and stored."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class TransientFailure(Failure):
    """Something else is at fault, such as a store that is away, so a later attempt may succeed.

    Never for what the event, the mail or the call itself causes: it would be tried for ever. `retry_after`: seconds to
    wait, None when unknown.
    """

    def __init__(self, reason: str, *, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class StorageFull(TransientFailure):
    """The broker or the store is full; it deletes nothing to make room."""


class Postponed(TransientFailure):
    """Nothing was attempted: the event is redelivered after `retry_after`."""


class PermanentFailure(Failure):
    """A later attempt would fail in the same way."""


class Conflict(Failure):
    """A value that must be unique is taken."""


class QuotaReached(PermanentFailure):
    """A quota for creating inboxes has no room; nothing was created.

    `quota`: creations_per_day, active_inboxes or archived_inboxes.
    """

    def __init__(self, quota: str, limit: int) -> None:
        super().__init__(f"{quota}: {limit} at most")
        self.quota = quota
        self.limit = limit


class UnknownDeadLetter(PermanentFailure):
    """No dead letter with this id exists, or it no longer exists."""
