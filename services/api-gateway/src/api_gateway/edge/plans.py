"""Plans and their limits, read from plans.toml beside this module or from the operator's file (MAYFLY_PLANS_FILE)."""

import tomllib
from collections.abc import Callable, Mapping
from importlib import resources
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from api_gateway.refusals import BadInput, Forbidden

_Count = Annotated[int, Meta(ge=0, le=1_000_000_000)]
# These bounds keep the arithmetic of the token buckets within 64 bits (mayfly.store.usage).
_Rate = Annotated[int, Meta(ge=1, le=1_000_000)]
_Seconds = Annotated[int, Meta(ge=1, le=3650 * 86_400)]
_Feature = Literal["custom_local_part", "domain_choice", "webhooks", "persistent", "team"]

ANONYMOUS = "anonymous"
FREE = "free"


class DialectRate(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    requests_per_minute: _Rate
    burst: _Rate


class Plan(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The limits and features of a plan; None: unlimited. `longest_ttl` in seconds; `anonymous` applies per IP address.

    `team`: other accounts can share the plan. `domain_choice`: domains an inbox can be created on: only the default
    (`none`), all public ones (`public`), or custom ones too (`any`).
    """

    tier: _Count
    requests_per_minute: _Rate
    burst: _Rate
    longest_ttl: _Seconds
    name: str = ""
    calls_per_day: _Count | None = None
    active_inboxes: _Count | None = None
    archived_inboxes: _Count | None = None
    creations_per_day: _Count | None = None
    custom_local_part: bool = False
    domain_choice: Literal["none", "public", "any"] = "none"
    webhooks: bool = False
    persistent: bool = False
    team: bool = False
    dialects: dict[str, DialectRate] = {}

    def has(self, feature: _Feature) -> bool:
        return getattr(self, feature) not in {False, "none"}


class Plans:
    """All plans by name; `anonymous` and `free` always exist."""

    def __init__(self, plans: Mapping[str, Plan]) -> None:
        self._plans = plans

    def __getitem__(self, name: str) -> Plan:
        """The plan with this name; `free` if the operator has removed it."""
        return self._plans.get(name) or self._plans[FREE]

    def names(self) -> list[str]:
        """The plans that accounts can have: all except `anonymous`."""
        return [name for name in self._plans if name != ANONYMOUS]

    def require(self, plan: Plan, feature: _Feature, what: str) -> None:
        """Raise Forbidden if `plan` lacks the feature, naming the lowest plan that includes it."""
        if not plan.has(feature):
            raise self._lacks(what, lambda candidate: candidate.has(feature))

    def require_own_domains(self, plan: Plan) -> None:
        """Raise Forbidden if the plan does not include custom domains."""
        if plan.domain_choice != "any":
            raise self._lacks("custom domains", lambda candidate: candidate.domain_choice == "any")

    def require_known(self, name: str) -> None:
        """Raise BadInput if no account can have this plan."""
        if name not in self.names():
            raise BadInput(f"must be one of {', '.join(self.names())}", field="plan")

    def _lacks(self, what: str, fits: Callable[[Plan], bool]) -> Forbidden:
        fitting = [self._plans[name] for name in self.names() if fits(self._plans[name])]
        first = min(fitting, key=lambda candidate: candidate.tier, default=None)
        return Forbidden(
            f"{what}: requires plan {first.name} or higher" if first else f"{what}: not included in any plan"
        )


def parse_plans(text: str) -> Plans:
    """The plans in a TOML text. Raises ValueError saying where the error is."""
    try:
        tables: dict[str, Any] = tomllib.loads(text)
        plans = {name: msgspec.convert({**table, "name": name}, Plan) for name, table in tables.items()}
    except (msgspec.ValidationError, TypeError) as error:
        raise ValueError(str(error)) from error
    missing = {ANONYMOUS, FREE} - plans.keys()
    if missing:
        raise ValueError(f"no plan {' and no plan '.join(sorted(missing))}")
    return Plans(plans)


def preset_text() -> str:
    """The text of the preset plans.toml."""
    return resources.files(__package__).joinpath("plans.toml").read_text(encoding="utf-8")
