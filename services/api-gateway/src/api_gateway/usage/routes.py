"""/api/v1/usage: API calls, inboxes and plan limits of the caller's account."""

from litestar import get
from msgspec import Struct

from api_gateway.edge.parameters import Given, GivenCaller
from api_gateway.edge.views import view
from api_gateway.usage.read import ReadUsage
from mayfly.records.usage import DayOfUsage


class LimitsView(Struct, frozen=True, kw_only=True):
    """The limits of a plan; null: unlimited."""

    requests_per_minute: int
    burst: int
    calls_per_day: int | None
    active_inboxes: int | None
    archived_inboxes: int | None
    spaces: int | None
    space_messages: int
    creations_per_day: int | None
    octets: int | None
    octets_per_inbox: int | None
    longest_ttl_seconds: int


class UsageView(Struct, frozen=True, kw_only=True):
    """Usage of the account, or of its whole team. `days`: up to 30, newest first, without days that had no call.

    `spaces` are not counted among inboxes. `octets`: of the mail in all of both together, with attachments that were
    added.
    """

    plan: str
    calls_today: int
    created_today: int
    active_inboxes: int
    archived_inboxes: int
    spaces: int
    octets: int
    days: list[DayOfUsage]
    limits: LimitsView


@get("/api/v1/usage", tags=["accounts"], opt={"needs": "account"})
async def get_usage(caller: GivenCaller, usage: Given[ReadUsage]) -> UsageView:
    """Get your API calls per day, your numbers of inboxes and the limits of your plan."""
    used = await usage.of(caller)
    limits = view(used.plan, LimitsView, longest_ttl_seconds=used.plan.longest_ttl)
    return view(used, UsageView, plan=used.plan.name, limits=limits)
