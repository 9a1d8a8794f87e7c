"""Idempotency records: one for each Idempotency-Key in use, so that a repeated request creates nothing twice."""

from mayfly.records.record import Record


class IdempotencyRecord(Record, frozen=True, kw_only=True):
    """The first request under a key, and its response.

    `fingerprint`: SHA-256 of that request. `holder`: the request that holds the lease; `status` None: it has not been
    answered yet.
    """

    fingerprint: bytes
    holder: str = ""
    status: int | None = None
    body: bytes = b""
