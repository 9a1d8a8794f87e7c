"""All plans, read from plans.toml beside this module or from the operator's file (MAYFLY_PLANS_FILE).

Used by api-gateway, and by smtp-ingest for the quotas of octets.
"""

import tomllib
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

import msgspec

from mayfly.failures import PermanentFailure
from mayfly.records.account import Account
from mayfly.records.plan import Plan

ANONYMOUS = "anonymous"
FREE = "free"


class PlanTable:
    """All plans by name; `anonymous` and `free` always exist."""

    def __init__(self, plans: Mapping[str, Plan]) -> None:
        self._plans = plans

    def __getitem__(self, name: str) -> Plan:
        """The plan with this name; `free` if the operator has removed it."""
        return self._plans.get(name) or self._plans[FREE]

    def names(self) -> list[str]:
        """The plans that accounts can have: all except `anonymous`."""
        return [name for name in self._plans if name != ANONYMOUS]

    def payer(self, account: Account, owner: Account | None) -> Account:
        """Whose plan applies to the account: the owner of its team, if that plan can be shared, or itself."""
        return owner if owner and not owner.suspended and self[owner.plan].team else account


def parse_plans(text: str) -> dict[str, Plan]:
    """The plans in a TOML text. Raises ValueError saying where the error is."""
    try:
        tables: dict[str, Any] = tomllib.loads(text)
        plans = {name: msgspec.convert({**table, "name": name}, Plan) for name, table in tables.items()}
    except (msgspec.ValidationError, TypeError) as error:
        raise ValueError(str(error)) from error
    missing = {ANONYMOUS, FREE} - plans.keys()
    if missing:
        raise ValueError(f"no plan {' and no plan '.join(sorted(missing))}")
    return plans


def preset_text() -> str:
    """The text of the preset plans.toml."""
    return resources.files(__package__).joinpath("plans.toml").read_text(encoding="utf-8")


def load_plans(plans_file: str) -> dict[str, Plan]:
    """The plans in the operator's file; "": the presets. Raises PermanentFailure naming the setting."""
    try:
        return parse_plans(Path(plans_file).read_text(encoding="utf-8") if plans_file else preset_text())
    except (ValueError, OSError) as error:
        raise PermanentFailure(f"MAYFLY_PLANS_FILE: {error}") from error
