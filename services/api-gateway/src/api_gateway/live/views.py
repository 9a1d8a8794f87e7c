"""JSON bodies of the waiting calls and of stream tickets."""

from msgspec import Struct

from api_gateway.live.wait import NearMiss
from api_gateway.messages import MessageView


class WaitTimeout(Struct, frozen=True, kw_only=True):
    """No mail up to `cursor` matched. `near_misses`: the newest mails that did not match, with the criteria failed."""

    error: str
    message: str
    cursor: int
    near_misses: list[NearMiss]


class NoMail(Struct, frozen=True, kw_only=True):
    """No matching mail arrived: all mail up to `drained_up_to` was checked. `cursor`: `after` of the next call."""

    none: bool
    cursor: int
    drained_up_to: int


class MailCame(Struct, frozen=True, kw_only=True):
    """A matching mail arrived although none was expected."""

    error: str
    message: str
    cursor: int
    mail: MessageView


class StreamTicketView(Struct, frozen=True, kw_only=True):
    """`ticket` opens one event stream of this inbox; `expires_in` in seconds."""

    ticket: str
    expires_in: int
