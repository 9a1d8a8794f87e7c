"""The handlers of the room `accounts`, for its routes, the operator's routes and the dialects."""

from dataclasses import dataclass

from api_gateway.accounts.keys import Keys
from api_gateway.accounts.registry import AccountRegistry
from api_gateway.accounts.sessions import AccountSessions
from api_gateway.accounts.teams import Teams


@dataclass(frozen=True, slots=True)
class AccountHandlers:
    registry: AccountRegistry
    keys: Keys
    teams: Teams
    sessions: AccountSessions
