"""/api/v1/usage: API calls, inboxes and plan limits of the caller's account."""

from typing import Any

from litestar import get
from msgspec import Struct

from api_gateway.edge.parameters import Given, GivenCaller
from api_gateway.usage.read import ReadUsage
from mayfly.records.usage import DayOfUsage


class LimitsView(Struct, frozen=True, kw_only=True):
    """The limits of a plan; null: unlimited."""

    requests_per_minute: int
    burst: int
    calls_per_day: int | None
    active_inboxes: int | None
    archived_inboxes: int | None
    creations_per_day: int | None
    longest_ttl_seconds: int


class UsageView(Struct, frozen=True, kw_only=True):
    """Usage of the account, or of its whole team. `days`: up to 30, newest first, without days that had no call."""

    plan: str
    calls_today: int
    created_today: int
    active_inboxes: int
    archived_inboxes: int
    days: list[DayOfUsage]
    limits: LimitsView


@get("/api/v1/usage", tags=["accounts"], opt={"needs": "account"})
async def get_usage(caller: GivenCaller, usage: Given[ReadUsage]) -> UsageView:
    """Get your API calls per day, your numbers of inboxes and the limits of your plan."""
    used = await usage.of(caller)
    plan = used.plan
    return UsageView(
        plan=plan.name,
        calls_today=used.calls_today,
        created_today=used.created_today,
        active_inboxes=used.active_inboxes,
        archived_inboxes=used.archived_inboxes,
        days=list(used.days),
        limits=LimitsView(
            requests_per_minute=plan.requests_per_minute,
            burst=plan.burst,
            calls_per_day=plan.calls_per_day,
            active_inboxes=plan.active_inboxes,
            archived_inboxes=plan.archived_inboxes,
            creations_per_day=plan.creations_per_day,
            longest_ttl_seconds=plan.longest_ttl,
        ),
    )


ROUTES: list[Any] = [get_usage]
