"""How full the streams are and how far their consumers lag, for the operator."""

from datetime import datetime

from msgspec import Struct


class StreamDepth(Struct, frozen=True, kw_only=True):
    """A stream; `bytes` as the broker counts them. `first_at`, `last_at`: of its messages, None without any."""

    name: str
    messages: int
    bytes: int
    first_at: datetime | None
    last_at: datetime | None


class ConsumerDepth(Struct, frozen=True, kw_only=True):
    """A consumer. `pending`: not delivered yet; `ack_pending`: delivered and not settled; `redelivered`: among those.

    `last_delivered_at`: None before the first delivery, and after a restart of the broker.
    """

    name: str
    stream: str
    pending: int
    ack_pending: int
    redelivered: int
    last_delivered_at: datetime | None


class Depths(Struct, frozen=True, kw_only=True):
    consumers: list[ConsumerDepth]
    streams: list[StreamDepth]
