"""Objects of operator. Generated from docs/openapi.json by `make clients`."""

from __future__ import annotations

from dataclasses import field
from datetime import datetime

from mayfly_mail.model import Model, many, moment
from mayfly_mail.models.accounts import DayOfUsage


class AdminAccountData(Model):
    """Answer of `change_account_by_operator`."""

    created_at: datetime
    email: str
    id: str
    plan: str
    suspended: bool

    _readers = {"created_at": moment}


class AccountsData(Model):
    """Answer of `list_accounts`."""

    accounts: list[AdminAccountData] = field(default_factory=list)

    _readers = {"accounts": many(AdminAccountData.from_json)}


class NewAccount(Model):
    """Answer of `create_account`."""

    api_key: str = field(repr=False)
    email: str
    id: str
    plan: str


class NewKeyText(Model):
    """Answer of `create_account_key`."""

    api_key: str = field(repr=False)
    id: str


class AccountUsage(Model):
    """Part of `AnalyticsData`."""

    account_id: str
    calls_30_days: int
    calls_today: int
    created_at: datetime
    email: str
    inboxes: int
    is_suspended: bool
    last_call_at: datetime | None = None
    messages: int
    octets: int
    plan: str
    rejected_30_days: int
    rejected_today: int
    team_id: str | None = None

    _readers = {"created_at": moment, "last_call_at": moment}


class AnalyticsData(Model):
    """Answer of `get_analytics`."""

    accounts: list[AccountUsage] = field(default_factory=list)
    days: list[DayOfUsage] = field(default_factory=list)

    _readers = {"accounts": many(AccountUsage.from_json), "days": many(DayOfUsage.from_json)}


class ClockData(Model):
    """Answer of `get_clock` and `advance_clock`."""

    ahead_seconds: float
    now: datetime

    _readers = {"now": moment}


class ConsumerDepth(Model):
    """Part of `Depths`."""

    ack_pending: int
    last_delivered_at: datetime | None = None
    name: str
    pending: int
    redelivered: int
    stream: str

    _readers = {"last_delivered_at": moment}


class StreamDepth(Model):
    """Part of `Depths`."""

    bytes: int
    first_at: datetime | None = None
    last_at: datetime | None = None
    messages: int
    name: str

    _readers = {"first_at": moment, "last_at": moment}


class Depths(Model):
    """Answer of `list_consumers`."""

    consumers: list[ConsumerDepth] = field(default_factory=list)
    streams: list[StreamDepth] = field(default_factory=list)

    _readers = {"consumers": many(ConsumerDepth.from_json), "streams": many(StreamDepth.from_json)}


class LetterData(Model):
    """Part of `LettersData` and `LetterDetail`."""

    buried_at: datetime | None = None
    consumer: str
    deliveries: int
    event_type: str
    id: int
    reason: str
    size: int
    stream: str
    subject: str

    _readers = {"buried_at": moment}


class LettersData(Model):
    """Answer of `list_dead_letters`."""

    dead_letters: list[LetterData] = field(default_factory=list)

    _readers = {"dead_letters": many(LetterData.from_json)}


class MailInLetter(Model):
    """Part of `LetterDetail`."""

    event_id: str
    forward_paths: list[str] = field(default_factory=list)
    octets: int
    received_at: datetime
    reverse_path: str

    _readers = {"received_at": moment}


class LetterDetail(Model):
    """Answer of `get_dead_letter`."""

    letter: LetterData
    mail: MailInLetter | None = None

    _readers = {"letter": LetterData.from_json, "mail": MailInLetter.from_json}


class OperatorDomain(Model):
    """Part of `DomainsOfAllData`."""

    account_id: str | None = None
    allow_subdomains: bool
    email: str | None = None
    kind: str
    name: str
    suspended: bool
    takes_mail: bool
    tier_required: int


class DomainsOfAllData(Model):
    """Answer of `list_all_domains`."""

    domains: list[OperatorDomain] = field(default_factory=list)

    _readers = {"domains": many(OperatorDomain.from_json)}


class TierData(Model):
    """Answer of `set_domain_tier`."""

    name: str
    tier_required: int


class OperatorMailEntry(Model):
    """Answer of `list_operator_mail`."""

    from_address: str
    id: str
    preview: str
    raw_size: int
    received_at: datetime
    subject: str

    _readers = {"received_at": moment}


class MaintenanceData(Model):
    """Answer of `get_maintenance` and `set_maintenance`."""

    enabled: bool


class OverviewData(Model):
    """Answer of `get_overview`."""

    accounts: int
    calls_today: int
    dead_letters: int
    grafana_url: str | None = None
    inboxes: int
    is_in_maintenance: bool
    is_test_clock: bool
    messages: int
    now: datetime
    rejected_today: int
    version: str

    _readers = {"now": moment}


class SubjectData(Model):
    """Part of `UsageOfAllData`."""

    calls: int
    rejected: int
    subject: str


class UsageOfAllData(Model):
    """Answer of `get_usage_of_all`."""

    calls_today: int
    days: list[DayOfUsage] = field(default_factory=list)
    rejected_today: int
    top: list[SubjectData] = field(default_factory=list)

    _readers = {"days": many(DayOfUsage.from_json), "top": many(SubjectData.from_json)}
