"""Page tickets: each opens the page of one message for a short time, for a frame, which cannot send headers."""

from datetime import datetime

from mayfly.records.record import Record


class PageTicket(Record, frozen=True, kw_only=True):
    """`id`: SHA-256 of the ticket, in hex. `sealed`: site and credentials of its issuer, encrypted with the ticket.

    `remote_images`: whether the page loads images of the web.
    """

    message_id: str
    remote_images: bool
    sealed: bytes
    expires_at: datetime
