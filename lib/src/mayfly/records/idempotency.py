"""Responses kept under an idempotency key, so that a repeated request creates nothing twice."""

from datetime import datetime

from mayfly.records.record import Record


class KeptAnswer(Record, frozen=True, kw_only=True):
    """The response to the first request under a key.

    `fingerprint`: SHA-256 of that request. `status` None: the request is still in progress, at most until `until`.
    """

    fingerprint: bytes
    until: datetime
    status: int | None = None
    body: bytes = b""
