"""The handlers of the room `identities`, for its routes and the MinuteMail dialect."""

from dataclasses import dataclass

from api_gateway.identities.authorize import Authorize
from api_gateway.identities.clients import ManageClients
from api_gateway.identities.exchange import Exchange
from api_gateway.identities.issuer import Issuers
from api_gateway.identities.keys import Signing
from api_gateway.identities.people import ManageIdentities
from api_gateway.identities.sign_out import SignOut


@dataclass(frozen=True, slots=True)
class IdentityHandlers:
    """`clients`, `people`: an account's own; the others: the OpenID provider."""

    clients: ManageClients
    people: ManageIdentities
    issuers: Issuers
    authorize: Authorize
    exchange: Exchange
    sign_out: SignOut
    signing: Signing
