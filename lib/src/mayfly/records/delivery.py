"""Webhook deliveries (one event for one endpoint) and the HTTP attempts made for them."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from mayfly.records.record import Record

DeliveryStatus = Literal["pending", "delivered", "failed"]


class Attempt(Struct, frozen=True, kw_only=True):
    """One HTTP request to the endpoint.

    `number` counts from 1. `status`: HTTP status, None without a response. `duration`: seconds. `error`: why it
    failed, for people. `answer`: the first 1 KiB of the response body.
    """

    number: int
    at: datetime
    duration: float
    status: int | None = None
    error: str | None = None
    answer: str = ""


class Result(Struct, frozen=True, kw_only=True):
    """What an attempt made of its delivery. `next_attempt_at` None: there is no further attempt."""

    delivery_id: str
    attempt: Attempt
    status: DeliveryStatus
    next_attempt_at: datetime | None


class Delivery(Record, frozen=True, kw_only=True):
    """One event for one endpoint.

    `payload`: the request body, the same octets at every attempt; emptied when the inbox ends. `inbox_id` "": the event
    concerns the account, not one inbox. A redelivery starts a new round of the retry schedule: `attempts_before` counts
    the attempts of earlier rounds, `round_id` is the id of the request that started the current one.
    """

    endpoint_id: str
    account_id: str
    inbox_id: str
    event_type: str
    payload: bytes
    created_at: datetime
    status: DeliveryStatus = "pending"
    attempts: list[Attempt] = []
    attempts_before: int = 0
    next_attempt_at: datetime | None = None
    round_id: str = ""
