"""Stream tickets: each opens the event stream of one inbox once, for clients that cannot send headers."""

from datetime import datetime

from mayfly.records.record import Record


class StreamTicket(Record, frozen=True, kw_only=True):
    """`id`: SHA-256 of the ticket, in hex. `sealed`: the credentials of its issuer, encrypted with the ticket."""

    inbox_id: str
    address: str
    sealed: bytes
    expires_at: datetime
