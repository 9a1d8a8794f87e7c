"""Deletion receipts: what an ended inbox held, without any content."""

from datetime import datetime
from typing import Literal

from mayfly.records.record import Record

Ending = Literal["expired", "deleted", "archived"]


class Receipt(Record, frozen=True, kw_only=True):
    """What one inbox held; `id` is the inbox id. `octets`: raw octets of its messages. `emptied_at`: deletion start."""

    account_id: str
    address: str
    ending: Ending
    created_at: datetime
    expires_at: datetime | None
    emptied_at: datetime
    message_count: int
    octets: int
