"""Objects of accounts. Generated from docs/openapi.json by `make clients`."""

from __future__ import annotations

from dataclasses import field
from datetime import datetime

from mayfly_mail.model import Model, many, moment


class AccountData(Model):
    """Answer of `get_account` and `change_account`."""

    created_at: datetime
    email: str
    id: str
    plan: str
    team_id: str | None = None

    _readers = {"created_at": moment}


class SessionData(Model):
    """Answer of `log_in`."""

    access_token: str = field(repr=False)
    expires_in: int
    token_type: str = "bearer"


class Registered(Model):
    """Answer of `register`."""

    created_at: datetime
    email: str
    id: str
    plan: str

    _readers = {"created_at": moment}


class OpenSession(Model):
    """Part of `SessionsData`."""

    created_at: datetime
    expires_at: datetime
    id: str
    is_current: bool

    _readers = {"created_at": moment, "expires_at": moment}


class SessionsData(Model):
    """Answer of `list_sessions`."""

    sessions: list[OpenSession] = field(default_factory=list)

    _readers = {"sessions": many(OpenSession.from_json)}


class DayOfUsage(Model):
    """Part of `UsageData`, `AnalyticsData` and `UsageOfAllData`."""

    calls: int = 0
    day: str
    rejected: int = 0


class LimitsData(Model):
    """Part of `UsageData`."""

    active_inboxes: int | None = None
    archived_inboxes: int | None = None
    burst: int
    calls_per_day: int | None = None
    creations_per_day: int | None = None
    longest_ttl_seconds: int
    octets: int | None = None
    octets_per_inbox: int | None = None
    requests_per_minute: int
    space_messages: int
    spaces: int | None = None


class UsageData(Model):
    """Answer of `get_usage`."""

    active_inboxes: int
    archived_inboxes: int
    calls_today: int
    created_today: int
    days: list[DayOfUsage] = field(default_factory=list)
    limits: LimitsData
    octets: int
    plan: str
    spaces: int

    _readers = {"days": many(DayOfUsage.from_json), "limits": LimitsData.from_json}
