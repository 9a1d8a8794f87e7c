"""Builds the handlers of the room `domains` and lists its routes; called by api_gateway.rooms."""

from api_gateway.domains import routes
from api_gateway.domains.dns import Resolver
from api_gateway.domains.ownership import DomainHandlers
from api_gateway.foundation import Foundation
from mayfly.store.domain_ownerships import DomainOwnerships
from mayfly.store.domains import Domains

ROUTERS = routes.ROUTES


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
