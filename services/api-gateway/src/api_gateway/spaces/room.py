"""Builds the handlers of the room `spaces` and lists its routes; called by api_gateway.rooms."""

from litestar import Router

from api_gateway.edge.routes import routes_of
from api_gateway.foundation import Foundation
from api_gateway.inboxes import InboxHandlers, PruneSpace, Reach
from api_gateway.spaces import routes
from api_gateway.spaces.change import ChangeSpace
from api_gateway.spaces.create import CreateSpace
from api_gateway.spaces.credentials import SmtpCredentials, SmtpServer
from api_gateway.spaces.domains import SpaceDomains
from api_gateway.spaces.end import EndSpace
from api_gateway.spaces.handlers import SpaceHandlers
from api_gateway.spaces.read import ReadSpaces
from mayfly.store.domains import Domains
from mayfly.store.inboxes import Inboxes
from mayfly.store.smtp_logins import SmtpLogins
from mayfly.store.spaces import Spaces

ROUTERS = [Router("/api/v1/spaces", tags=["spaces"], route_handlers=routes_of(routes))]


def build(foundation: Foundation, reach: Reach, inboxes: InboxHandlers, prune: PruneSpace) -> SpaceHandlers:
    """`inboxes`: the handlers of that room, because a space is placed and ended, and has a webhook, as any inbox."""
    settings, database, clock, plans = foundation.settings, foundation.database, foundation.clock, foundation.plans
    spaces, webhook, news = Spaces(database), inboxes.create.webhook, foundation.inbox_news
    domains = SpaceDomains(Domains(database), Inboxes(database), spaces, plans, clock)
    read = ReadSpaces(spaces, inboxes.read, domains, reach, clock)
    server = SmtpServer(settings.public_smtp_host, settings.public_smtp_port)
    credentials = SmtpCredentials(SmtpLogins(database), read, server, clock)
    return SpaceHandlers(
        create=CreateSpace(
            place=inboxes.create.place,
            webhook=webhook,
            domains=domains,
            credentials=credentials,
            inboxes=Inboxes(database),
            spaces=spaces,
            news=news,
            reserved=foundation.reserved,
            plans=plans,
            anonymous_access=settings.anonymous_access,
            clock=clock,
        ),
        read=read,
        change=ChangeSpace(spaces, read, domains, news, webhook, prune, plans, clock),
        end=EndSpace(read, inboxes.end),
        credentials=credentials,
        domains=domains,
    )
