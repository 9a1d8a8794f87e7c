"""The token endpoint and userinfo: spends codes, authenticates clients, tells who an access token stands for.

RFC 6749 sections 2.3, 4.1.3 and 5; RFC 7636; OpenID Connect Core sections 3.1.3 and 5.3. Called by identities.routes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import unquote_plus

from api_gateway.edge import secrets
from api_gateway.edge.basic import basic_of
from api_gateway.identities.issuer import Issuer
from api_gateway.identities.keys import Signing, access_token_hash
from api_gateway.identities.oauth_errors import OAuthError, invalid_client, invalid_token
from api_gateway.identities.people import ManageIdentities
from api_gateway.identities.rules import claims_of, proves_challenge
from api_gateway.identities.usable_clients import UsableClients
from api_gateway.refusals import Unauthorized
from mayfly.records.grant import Grant
from mayfly.records.identity import Identity, OAuthClient
from mayfly.service.clock import Clock

if TYPE_CHECKING:
    from mayfly.store.grants import Grants

TOKEN_LIFETIME = timedelta(hours=1)
_WRONG_CODE = "the code is unknown, used or expired, or was issued to another client"


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a code was spent on; `id_token` None: the scope `openid` was not granted."""

    access_token: str
    id_token: str | None
    scopes: list[str]


@dataclass(frozen=True, slots=True)
class Exchange:
    clients: UsableClients
    people: ManageIdentities
    grants: "Grants"
    signing: Signing
    clock: Clock

    async def spend(self, issuer: Issuer, form: Mapping[str, str], authorization: str | None) -> Tokens:
        """Exchange a code for tokens. `authorization`: the header field. Raises OAuthError."""
        client = await self._authenticated(issuer, form, authorization)
        if "grant_type" not in form:
            raise OAuthError("invalid_request", "grant_type is missing")
        if form["grant_type"] != "authorization_code":
            raise OAuthError("unsupported_grant_type", "only the grant type authorization_code is supported")
        if "code" not in form:
            raise OAuthError("invalid_request", "code is missing")
        grant, now = await self._grant(client, form["code"]), self.clock()
        _check(grant, form, now)
        identity = await self.people.signed_in(grant.identity_id, client.id)
        if identity is None:
            raise OAuthError("invalid_grant", "the identity is gone or not active")
        token = secrets.new_access_token()
        if await self.grants.spend(grant.id, secrets.digest(token), now, now + TOKEN_LIFETIME) is None:
            await self.grants.revoke(grant.id)  # sent twice at once: whose of the two it is, nobody knows
            raise OAuthError("invalid_grant", _WRONG_CODE)
        id_token = await self._id_token(issuer, grant, identity, token) if "openid" in grant.scopes else None
        return Tokens(token, id_token, grant.scopes)

    async def userinfo(self, issuer: Issuer, token: str | None) -> dict[str, object]:
        """The claims about the identity that an access token stands for. Raises OAuthError."""
        grant = await self.grants.of_token(secrets.digest(token), self.clock()) if token else None
        client = await self.clients.get(issuer, grant.client_id) if grant else None
        identity = await self.people.signed_in(grant.identity_id, client.id) if grant and client else None
        if grant is None or identity is None:
            raise invalid_token("the access token is missing, unknown or expired, or its identity is gone")
        return claims_of(identity, grant.scopes)

    async def _authenticated(self, issuer: Issuer, form: Mapping[str, str], authorization: str | None) -> OAuthClient:
        """The client that makes the call. Raises OAuthError unless it authenticates as it must."""
        client_id, secret = _credentials(form, authorization)
        client = await self.clients.get(issuer, client_id)
        if client is None:
            raise invalid_client("unknown client, or wrong secret")
        if client.is_public:
            if secret is not None:
                raise invalid_client("a public client has no secret; send client_id and code_verifier")
            return client
        if secret is None:
            raise invalid_client("this client has a secret: send it in Authorization: Basic, or as client_secret")
        if not secrets.proves(secret, client.secret_hash):
            raise invalid_client("unknown client, or wrong secret")
        return client

    async def _grant(self, client: OAuthClient, code: str) -> Grant:
        """The grant of a code that this client has not sent before; if it has, the token of that time is void.

        RFC 6749 section 4.1.2: either this call or the one before was not made by the client.
        """
        grant = await self.grants.get(secrets.digest(code).hex())
        if grant is None or grant.client_id != client.id:
            raise OAuthError("invalid_grant", _WRONG_CODE)
        if grant.token_hash is not None:
            await self.grants.revoke(grant.id)
            raise OAuthError("invalid_grant", _WRONG_CODE)
        return grant

    async def _id_token(self, issuer: Issuer, grant: Grant, identity: Identity, token: str) -> str:
        now = self.clock()
        claims: dict[str, object] = {
            **claims_of(identity, grant.scopes),
            "iss": issuer.url,
            "aud": grant.client_id,
            "iat": int(now.timestamp()),
            "exp": int((now + TOKEN_LIFETIME).timestamp()),
            "auth_time": int(grant.auth_time.timestamp()),
            "at_hash": access_token_hash(token),
        }
        if grant.nonce is not None:
            claims["nonce"] = grant.nonce
        return await self.signing.sign(claims)


def _check(grant: Grant, form: Mapping[str, str], now: datetime) -> None:
    """Raise OAuthError unless the code is valid now, and redirect URI and verifier are those of the request."""
    if grant.code_expires_at <= now:
        raise OAuthError("invalid_grant", _WRONG_CODE)
    # OAuth 2.1 leaves redirect_uri out where PKCE binds the code; OAuth 2.0 demands it.
    if form.get("redirect_uri", grant.redirect_uri if grant.code_challenge else None) != grant.redirect_uri:
        raise OAuthError("invalid_grant", "redirect_uri differs from that of the authorization request")
    verifier = form.get("code_verifier")
    if (verifier is None) != (grant.code_challenge is None):
        # Also a verifier without a challenge: somebody took the challenge out (RFC 9700 section 4.8.2).
        raise OAuthError("invalid_grant", "code_verifier and code_challenge belong together: one is missing")
    if verifier is not None and grant.code_challenge and not proves_challenge(verifier, grant.code_challenge):
        raise OAuthError("invalid_grant", "code_verifier does not belong to the code_challenge")


def _credentials(form: Mapping[str, str], authorization: str | None) -> tuple[str, str | None]:
    """The client id and secret of a call, sent in one way only (RFC 6749 section 2.3.1). Raises OAuthError."""
    if authorization is None:
        if "client_id" not in form:
            raise invalid_client("client_id is missing")
        return form["client_id"], form.get("client_secret")
    basic = _basic(authorization)
    if basic is None:
        raise invalid_client("a client authenticates by Authorization: Basic, or with client_secret in the form")
    if "client_secret" in form:
        raise OAuthError("invalid_request", "the client authenticates in two ways; use one")
    client_id, secret = basic
    if form.get("client_id", client_id) != client_id:
        raise invalid_client("client_id differs from that in the Authorization field")
    return client_id, secret or None


def _basic(authorization: str) -> tuple[str, str] | None:
    """Client id and secret of Basic credentials, each URL-encoded (RFC 6749 section 2.3.1). Raises OAuthError."""
    try:
        basic = basic_of(authorization)
        return basic and (unquote_plus(basic[0], errors="strict"), unquote_plus(basic[1], errors="strict"))
    except (Unauthorized, UnicodeDecodeError) as error:
        raise invalid_client("the Authorization field is not valid Basic authentication") from error
