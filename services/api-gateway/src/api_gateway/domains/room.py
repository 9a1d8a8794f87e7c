"""Builds the handlers of the room `domains` and lists its routes; called by api_gateway.rooms."""

from litestar import Router

from api_gateway.domains import routes
from api_gateway.domains.dns import Resolver
from api_gateway.domains.ownership import DomainHandlers
from api_gateway.edge.routes import routes_of
from api_gateway.foundation import Foundation
from mayfly.store.domain_ownerships import DomainOwnerships
from mayfly.store.domains import Domains

ROUTERS = [Router("/api/v1/domains", tags=["domains"], route_handlers=routes_of(routes))]


def build(foundation: Foundation) -> DomainHandlers:
    settings = foundation.settings
    return DomainHandlers(
        domains=Domains(foundation.database),
        ownerships=DomainOwnerships(foundation.database),
        resolver=Resolver(settings.dns_resolver),
        plans=foundation.plans,
        mail_hosts=frozenset(name.lower() for name in settings.mail_hosts or settings.domains),
        clock=foundation.clock,
    )
