"""Everything that can be done with accounts: what this room offers to its routes, the operator and the dialects."""

from dataclasses import dataclass

from api_gateway.accounts.keys import Keys
from api_gateway.accounts.registry import AccountRegistry
from api_gateway.accounts.teams import Teams


@dataclass(frozen=True, slots=True)
class AccountHandlers:
    registry: AccountRegistry
    keys: Keys
    teams: Teams
