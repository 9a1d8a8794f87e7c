"""Builds the handlers of the room `operator` and lists its routes; called by api_gateway.rooms."""

from api_gateway.edge.routes import routes_of
from api_gateway.foundation import Foundation
from api_gateway.operator import mail_routes, routes, survey_routes
from api_gateway.operator.operate import OperatorHandlers
from api_gateway.operator.survey import Survey
from mayfly.bus.dead_letters import DeadLetters
from mayfly.service.advanced_clock import AdvancedClock
from mayfly.store.accounts import Accounts
from mayfly.store.domains import Domains
from mayfly.store.holdings import Holdings
from mayfly.store.switches import Switches
from mayfly.store.usage import Usage

ROUTES = routes_of(routes, mail_routes, survey_routes)


def build(foundation: Foundation) -> OperatorHandlers:
    database, clock = foundation.database, foundation.clock
    return OperatorHandlers(
        account_store=Accounts(database),
        usage_store=Usage(database),
        limits=foundation.limits,
        switches=Switches(database),
        letters=DeadLetters(foundation.bus),
        broadcaster=foundation.bus,
        revocations=foundation.revocations,
        maintenance=foundation.maintenance,
        plans=foundation.plans,
        clock=clock,
        test_clock=clock if isinstance(clock, AdvancedClock) else None,
    )


def build_survey(foundation: Foundation) -> Survey:
    database = foundation.database
    return Survey(
        accounts=Accounts(database),
        domain_store=Domains(database),
        usage=Usage(database),
        holdings=Holdings(database),
        limits=foundation.limits,
        letters=DeadLetters(foundation.bus),
        bus=foundation.bus,
        maintenance=foundation.maintenance,
        clock=foundation.clock,
        grafana_url=foundation.settings.grafana_url,
        is_test_clock=isinstance(foundation.clock, AdvancedClock),
    )
