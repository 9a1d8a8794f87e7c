"""JSON bodies of the waiting calls."""

from msgspec import Struct

from api_gateway.live.wait import NearMiss
from api_gateway.messages import MessageView


class WaitTimeout(Struct, frozen=True, kw_only=True):
    """Nothing matched up to `cursor`. `near_misses`: the newest mails looked at, and the criteria each failed."""

    error: str
    message: str
    cursor: int
    near_misses: list[NearMiss]


class NoMail(Struct, frozen=True, kw_only=True):
    """The proof that none came: all mail received up to `drained_up_to` was looked at; `cursor` goes on from here."""

    none: bool
    cursor: int
    drained_up_to: int


class MailCame(Struct, frozen=True, kw_only=True):
    error: str
    message: str
    cursor: int
    mail: MessageView
