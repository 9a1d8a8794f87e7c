"""Builds the handlers of the room `accounts` and lists its routes; called by api_gateway.rooms."""

from litestar import Router

from api_gateway.accounts import key_routes, routes, session_routes, team_routes
from api_gateway.accounts.handlers import AccountHandlers
from api_gateway.accounts.keys import Keys
from api_gateway.accounts.passwords import PasswordGate, Passwords
from api_gateway.accounts.registry import AccountRegistry
from api_gateway.accounts.sessions import AccountSessions
from api_gateway.accounts.teams import Teams
from api_gateway.edge.routes import routes_of
from api_gateway.foundation import Foundation
from mayfly.store.accounts import Accounts
from mayfly.store.api_keys import ApiKeys
from mayfly.store.default_space import DefaultSpace
from mayfly.store.members import Members
from mayfly.store.sessions import Sessions
from mayfly.store.usage import Usage

ROUTERS = [
    Router("/api/v1", tags=["accounts"], route_handlers=routes_of(routes, session_routes)),
    Router("/api/v1/team", tags=["team"], route_handlers=routes_of(team_routes)),
    Router("/api/v1/api-keys", tags=["keys"], route_handlers=routes_of(key_routes)),
]


def build(foundation: Foundation) -> AccountHandlers:
    database, revocations = foundation.database, foundation.revocations
    plans, clock = foundation.plans, foundation.clock
    accounts, passwords = Accounts(database), Passwords()
    registry = AccountRegistry(
        accounts=accounts,
        sessions=Sessions(database),
        revocations=revocations,
        passwords=passwords,
        gate=PasswordGate(passwords, Usage(database), clock),
        tokens=foundation.tokens,
        plans=plans,
        default_space=DefaultSpace(database),
        news=foundation.inbox_news,
        clock=clock,
    )
    keys = Keys(ApiKeys(database), revocations, clock)
    teams = Teams(accounts, Members(database), revocations, plans, foundation.guesses, clock)
    sessions = AccountSessions(accounts, Sessions(database), revocations, clock)
    return AccountHandlers(registry, keys, teams, sessions)
