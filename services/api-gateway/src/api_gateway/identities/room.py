"""Builds the handlers of the room `identities` and lists its routes; called by api_gateway.rooms."""

from litestar import Router

from api_gateway.edge.routes import routes_of
from api_gateway.foundation import Foundation
from api_gateway.identities import routes, sign_in_routes
from api_gateway.identities.authorize import Authorize
from api_gateway.identities.clients import ManageClients
from api_gateway.identities.exchange import Exchange
from api_gateway.identities.forms import oauth_shape
from api_gateway.identities.handlers import IdentityHandlers
from api_gateway.identities.issuer import PATH, Issuers
from api_gateway.identities.keys import Signing
from api_gateway.identities.people import ManageIdentities
from api_gateway.identities.sign_out import SignOut
from api_gateway.identities.usable_clients import UsableClients
from api_gateway.inboxes import Reach
from mayfly.store.accounts import Accounts
from mayfly.store.domains import Domains
from mayfly.store.grants import Grants
from mayfly.store.identities import Identities
from mayfly.store.inboxes import Inboxes
from mayfly.store.oauth_clients import OAuthClients
from mayfly.store.signing_keys import SigningKeys

PUBLIC_ROUTERS = [Router("/", tags=["OpenID provider"], route_handlers=routes_of(routes, sign_in_routes))]
SHAPE = oauth_shape
FROM_ANYWHERE = ("/.well-known/openid-configuration", "/jwks", "/oauth/token", "/oauth/userinfo")
"""What web pages of every origin may call, by the end of the path; not the sign-in page itself."""
PREFIXES = ("/.well-known", "/jwks", "/oauth", PATH)
"""The paths whose errors have `SHAPE`."""


def build(foundation: Foundation, reach: Reach) -> IdentityHandlers:
    database, clock = foundation.database, foundation.clock
    accounts, oauth_clients, identities = Accounts(database), OAuthClients(database), Identities(database)
    usable = UsableClients(accounts, oauth_clients)
    grants, signing = Grants(database), Signing(SigningKeys(database), clock)
    clients = ManageClients(oauth_clients, identities, clock)
    people = ManageIdentities(clients, identities, Inboxes(database), Domains(database), reach, clock)
    return IdentityHandlers(
        clients=clients,
        people=people,
        issuers=Issuers(accounts, foundation.settings.public_url),
        authorize=Authorize(usable, people, grants, signing, clock),
        exchange=Exchange(usable, people, grants, signing, clock),
        sign_out=SignOut(usable, signing),
        signing=signing,
    )
