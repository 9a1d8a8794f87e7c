"""JSON bodies of the operator's routes, and how they are made from the stored records."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from api_gateway.accounts import Email
from api_gateway.edge.views import view
from mayfly.events.facts import Fact, MailReceived
from mayfly.records.usage import DayOfUsage

_DECADE_SECONDS = 10 * 365 * 86_400


class CreateAccount(Struct, frozen=True, kw_only=True):
    email: Email
    plan: str = "free"


class ChangeAccountByOperator(Struct, frozen=True, kw_only=True):
    """Absent fields stay unchanged."""

    plan: str | None = None
    suspended: bool | None = None


class SetMaintenance(Struct, frozen=True, kw_only=True):
    enabled: bool


class SetTier(Struct, frozen=True, kw_only=True):
    tier_required: Annotated[int, Meta(ge=0, le=1000)]


class AdvanceClock(Struct, frozen=True, kw_only=True):
    advance_seconds: Annotated[float, Meta(ge=0, le=_DECADE_SECONDS, examples=[3600])]


class NewAccount(Struct, frozen=True, kw_only=True):
    """A new account; `api_key` is shown only in this response."""

    id: str
    email: str
    plan: str
    api_key: str


class NewKeyText(Struct, frozen=True, kw_only=True):
    """A new API key; `api_key` is shown only in this response."""

    id: str
    api_key: str


class AdminAccountView(Struct, frozen=True, kw_only=True):
    id: str
    email: str
    plan: str
    suspended: bool
    created_at: datetime


class AccountsView(Struct, frozen=True, kw_only=True):
    accounts: list[AdminAccountView]


class MaintenanceView(Struct, frozen=True, kw_only=True):
    """While `enabled`, every route responds with 503 except /health, /ready and the operator's."""

    enabled: bool


class TierView(Struct, frozen=True, kw_only=True):
    name: str
    tier_required: int


class SubjectView(Struct, frozen=True, kw_only=True):
    """`subject`: id of an account, or an IP address."""

    subject: str
    calls: int
    rejected: int


class UsageOfAllView(Struct, frozen=True, kw_only=True):
    """`days`: up to 30, newest first. `top`: those with most calls today. `rejected`: calls refused by a limit."""

    calls_today: int
    rejected_today: int
    days: list[DayOfUsage]
    top: list[SubjectView]


class ClockView(Struct, frozen=True, kw_only=True):
    """`ahead_seconds`: how far this clock is ahead of the machine's."""

    now: datetime
    ahead_seconds: float


class LetterView(Struct, frozen=True, kw_only=True):
    """An event whose processing failed permanently. `size` in octets; `buried_at`: when it became a dead letter."""

    id: int
    stream: str
    consumer: str
    subject: str
    reason: str
    deliveries: int
    event_type: str
    size: int
    buried_at: datetime | None


class MailInLetter(Struct, frozen=True, kw_only=True):
    """The envelope of a mail in a dead letter; its octets are not shown."""

    event_id: str
    received_at: datetime
    reverse_path: str
    forward_paths: list[str]
    octets: int


class LetterDetail(Struct, frozen=True, kw_only=True):
    """`mail` null: the event is not a mail, or cannot be decoded."""

    letter: LetterView
    mail: MailInLetter | None


class LettersView(Struct, frozen=True, kw_only=True):
    dead_letters: list[LetterView]


def mail_in_letter(fact: Fact | None) -> MailInLetter | None:
    if not isinstance(fact, MailReceived):
        return None
    return view(
        fact,
        MailInLetter,
        reverse_path=fact.envelope.reverse_path,
        forward_paths=[recipient.forward_path for recipient in fact.envelope.recipients],
        octets=len(fact.octets) if isinstance(fact.octets, bytes) else fact.octets.size,
    )
