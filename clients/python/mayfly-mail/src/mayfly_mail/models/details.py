"""Objects of details. Generated from docs/openapi.json by `make clients`."""

from __future__ import annotations

from dataclasses import field
from datetime import datetime

from mayfly_mail.model import Model, many, moment


class PageTicketData(Model):
    """Answer of `create_html_ticket`."""

    expires_in: int
    url: str = field(repr=False)


class TimelineStep(Model):
    """Part of `TimelineData`."""

    answer: str | None = None
    at: datetime
    attempt: int | None = None
    delivery_id: str | None = None
    delivery_status: str | None = None
    """So far `pending`, `delivered` or `failed`."""
    duration_ms: float | None = None
    error: str | None = None
    is_delivered: bool | None = None
    kind: str
    """So far `accepted`, `stored`, `visible`, `announced`, `webhook_attempt` or `webhook_pending`."""
    peer: str | None = None
    sequence: int | None = None
    source: str | None = None
    status: int | None = None
    url: str | None = None
    webhook_id: str | None = None

    _readers = {"at": moment}

    _absent_if_none = frozenset(
        [
            "answer",
            "attempt",
            "delivery_id",
            "delivery_status",
            "duration_ms",
            "is_delivered",
            "peer",
            "sequence",
            "source",
            "webhook_id",
        ]
    )


class TimelineData(Model):
    """Answer of `get_timeline`."""

    message_id: str
    received_at: datetime
    steps: list[TimelineStep] = field(default_factory=list)

    _readers = {"received_at": moment, "steps": many(TimelineStep.from_json)}
