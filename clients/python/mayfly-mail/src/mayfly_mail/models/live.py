"""Objects of live. Generated from docs/openapi.json by `make clients`."""

from __future__ import annotations

from dataclasses import field

from mayfly_mail.model import Model, many
from mayfly_mail.models.messages import MessageData


class MailCameData(Model):
    """Answer 409 of `prove_none_came`."""

    cursor: int
    error: str
    mail: MessageData
    message: str

    _readers = {"mail": MessageData.from_json}


class NoMail(Model):
    """Answer of `prove_none_came`."""

    cursor: int
    drained_up_to: int
    none: bool


class NearMissData(Model):
    """Part of `WaitTimeoutData`."""

    failed: list[str] = field(default_factory=list)
    id: str
    subject: str


class WaitTimeoutData(Model):
    """Answer 408 of `wait_for_message` and 408 of `wait_for_otp`."""

    cursor: int
    error: str
    message: str
    near_misses: list[NearMissData] = field(default_factory=list)

    _readers = {"near_misses": many(NearMissData.from_json)}


class StreamTicketData(Model):
    """Answer of `create_stream_ticket`."""

    expires_in: int
    ticket: str = field(repr=False)
