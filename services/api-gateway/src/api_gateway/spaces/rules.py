"""Rules about spaces, pure: their ids, how long they live, how much mail they keep, which addresses they take."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from api_gateway.edge import secrets
from api_gateway.edge.plans import Plan
from api_gateway.refusals import Forbidden
from mayfly.mail.reserved import ReservedNames
from mayfly.records.inbox import ANY_DOMAIN, Inbox, Retention

_LONGEST_AGE_SECONDS = 30 * 86_400


def random_space_id(reserved: ReservedNames, new: Callable[[], str] = secrets.new_space_id) -> str:
    """A random id with a digit in it, so that it is no word: neither a reserved name nor a part of a path."""
    while (space_id := new()).isalpha() or space_id in reserved:
        pass
    return space_id


def space_address(space_id: str, domain: str) -> str:
    """The address of a space on a public domain: the pattern of all that lead to it there."""
    return f"*@{own_domain(space_id, domain)}"


def own_domain(space_id: str, domain: str) -> str:
    """The domain that a space has below a public one."""
    return f"{space_id}.{domain}"


def domains_of(space: Inbox, public: Iterable[str], verified: Iterable[str]) -> list[str]:
    """All domains that the space takes mail for now. `verified`: those of its `domains` that take mail for it."""
    any_domain = [ANY_DOMAIN] if ANY_DOMAIN in space.domains else []
    return [*any_domain, *(own_domain(space.id, domain) for domain in public), *verified]


def longest_age(plan: Plan) -> int:
    """The most seconds that a space may keep a message: 30 days if the plan has persistent ones, else their life."""
    return _LONGEST_AGE_SECONDS if plan.persistent else min(plan.longest_ttl, _LONGEST_AGE_SECONDS)


def default_retention(plan: Plan) -> Retention:
    """What a new space keeps unless its creator says otherwise: the preset, or the most that the plan allows."""
    preset = Retention()
    return Retention(
        max_messages=min(preset.max_messages, plan.space_messages),
        max_age_seconds=min(preset.max_age_seconds, longest_age(plan)),
    )


def retention_of(plan: Plan, present: Retention, max_messages: int | None, max_age_seconds: int | None) -> Retention:
    """The retention with these values; None: as at `present`. Raises Forbidden for more than the plan allows."""
    _require_most(max_messages, plan.space_messages, "max_messages", plan)
    _require_most(max_age_seconds, longest_age(plan), "max_age_seconds", plan)
    return Retention(
        max_messages=max_messages or present.max_messages,
        max_age_seconds=max_age_seconds or present.max_age_seconds,
    )


def _require_most(asked: int | None, most: int, field: str, plan: Plan) -> None:
    if asked is not None and asked > most:
        raise Forbidden(f"plan {plan.name} allows at most {most}", field=field)


def space_expiry(plan: Plan, now: datetime, ttl_seconds: int | None) -> datetime | None:
    """When a space expires; None: never. `ttl_seconds` None: as late as the plan allows. Raises Forbidden."""
    if ttl_seconds is None:
        return None if plan.persistent else now + timedelta(seconds=plan.longest_ttl)
    if ttl_seconds > plan.longest_ttl:
        raise Forbidden(f"plan {plan.name} allows at most {plan.longest_ttl} seconds", field="ttl_seconds")
    return now + timedelta(seconds=ttl_seconds)
