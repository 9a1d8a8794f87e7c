"""What each plan allows. The presets lie beside this module in plans.toml; an operator's own file takes their place."""

import tomllib
from collections.abc import Callable, Mapping
from importlib import resources
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from api_gateway.refusals import BadInput, Forbidden

_Count = Annotated[int, Meta(ge=0, le=1_000_000_000)]
# The bounds keep the store's arithmetic on buckets within 64 bits (mayfly.store.usage).
_Rate = Annotated[int, Meta(ge=1, le=1_000_000)]
_Seconds = Annotated[int, Meta(ge=1, le=3650 * 86_400)]
_Feature = Literal["custom_local_part", "domain_choice", "webhooks", "persistent", "team"]

ANONYMOUS = "anonymous"
FREE = "free"


class DialectRate(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    requests_per_minute: _Rate
    burst: _Rate


class Plan(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A number that is None is without limit. `longest_ttl` in seconds; anonymous limits hold per IP address.

    `team`: other accounts may share it. `domain_choice`: which domains an inbox may be made on: the default one only,
    the public ones, custom ones too.
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
    """All plans by name. `anonymous` and `free` are always among them."""

    def __init__(self, plans: Mapping[str, Plan]) -> None:
        self._plans = plans

    def __getitem__(self, name: str) -> Plan:
        """The plan; `free` in the place of one that the operator has taken away."""
        return self._plans.get(name) or self._plans[FREE]

    def names(self) -> list[str]:
        """Those an account can be on."""
        return [name for name in self._plans if name != ANONYMOUS]

    def require(self, plan: Plan, feature: _Feature, what: str) -> None:
        """Raises Forbidden, naming the plan that would do, when `plan` lacks the feature."""
        if not plan.has(feature):
            raise self._lacks(what, lambda candidate: candidate.has(feature))

    def require_own_domains(self, plan: Plan) -> None:
        """Raises Forbidden when the plan includes no custom domains."""
        if plan.domain_choice != "any":
            raise self._lacks("custom domains", lambda candidate: candidate.domain_choice == "any")

    def require_known(self, name: str) -> None:
        """Raises BadInput for a plan that no account can be on."""
        if name not in self.names():
            raise BadInput(f"one of {', '.join(self.names())}", field="plan")

    def _lacks(self, what: str, fits: Callable[[Plan], bool]) -> Forbidden:
        fitting = [self._plans[name] for name in self.names() if fits(self._plans[name])]
        first = min(fitting, key=lambda candidate: candidate.tier, default=None)
        return Forbidden(f"{what}: needs plan {first.name} or higher" if first else f"{what}: no plan has this")


def parse_plans(text: str) -> Plans:
    """The plans of a TOML file. Raises ValueError with the place of the fault."""
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
    """The presets, as an operator would copy them."""
    return resources.files(__package__).joinpath("plans.toml").read_text(encoding="utf-8")
