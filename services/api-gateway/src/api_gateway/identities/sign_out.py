"""Where a user goes after signing out of an application (OpenID Connect RP-Initiated Logout 1.0).

There is no session that could end. The user is sent back only to a URI that the client has registered for that.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from api_gateway.identities.issuer import Issuer
from api_gateway.identities.keys import Signing
from api_gateway.identities.oauth_errors import OAuthError
from api_gateway.identities.rules import with_parameters
from api_gateway.identities.usable_clients import UsableClients

_LONGEST_STATE = 4096


@dataclass(frozen=True, slots=True)
class SignOut:
    clients: UsableClients
    signing: Signing

    async def __call__(self, issuer: Issuer, given: Mapping[str, str]) -> str | None:
        """The URI to send the user to; None: the request names none. Raises OAuthError for one that is not registered.

        The client is the one in `client_id`, or the audience of `id_token_hint`; if both are there, they must agree.
        """
        uri = given.get("post_logout_redirect_uri")
        if uri is None:
            return None
        claims = await self.signing.read(given.get("id_token_hint", "")) or {}
        client_id = given.get("client_id") or claims.get("aud")
        client = await self.clients.get(issuer, client_id) if isinstance(client_id, str) else None
        if client is None or claims.get("aud", client.id) != client.id or uri not in client.post_logout_redirect_uris:
            raise OAuthError("invalid_request", "post_logout_redirect_uri is not one that this client has registered")
        state = given.get("state", "")[:_LONGEST_STATE]
        return with_parameters(uri, {"state": state}) if state else uri
