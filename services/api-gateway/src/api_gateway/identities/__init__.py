"""Identities: simulated people, the OAuth clients they sign in to, and the OpenID provider that signs them in."""

from api_gateway.identities.clients import ClientWish
from api_gateway.identities.handlers import IdentityHandlers
from api_gateway.identities.people import IdentityChange, IdentityWish

__all__ = ["ClientWish", "IdentityChange", "IdentityHandlers", "IdentityWish"]
