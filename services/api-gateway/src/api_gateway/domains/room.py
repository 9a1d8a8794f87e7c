"""Builds the handlers of the room `domains` and lists its routes; called by api_gateway.rooms."""

from datetime import timedelta

from litestar import Router

from api_gateway.domains import routes
from api_gateway.domains.dns import Resolver
from api_gateway.domains.ownership import DomainHandlers
from api_gateway.domains.proofs import Proofs
from api_gateway.edge.routes import routes_of
from api_gateway.foundation import Foundation
from mayfly.store.domain_ownerships import DomainOwnerships
from mayfly.store.domains import Domains
from mayfly.store.inboxes import Inboxes

ROUTERS = [Router("/api/v1/domains", tags=["domains"], route_handlers=routes_of(routes))]


def build(foundation: Foundation) -> DomainHandlers:
    settings, database = foundation.settings, foundation.database
    domains, ownerships, resolver = Domains(database), DomainOwnerships(database), Resolver(settings.dns_resolver)
    return DomainHandlers(
        domains=domains,
        ownerships=ownerships,
        resolver=resolver,
        proofs=Proofs(
            domains=domains,
            ownerships=ownerships,
            inboxes=Inboxes(database),
            resolver=resolver,
            news=foundation.inbox_news,
            grace=timedelta(days=settings.domain_grace_days),
            clock=foundation.clock,
        ),
        plans=foundation.plans,
        mail_hosts=frozenset(name.lower() for name in settings.mail_hosts or settings.domains),
        clock=foundation.clock,
    )
