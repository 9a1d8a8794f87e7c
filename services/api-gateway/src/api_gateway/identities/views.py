"""JSON bodies of the OpenID provider; their names are those of the standards."""

from msgspec import UNSET, Struct, UnsetType

from api_gateway.identities.issuer import Issuer
from api_gateway.identities.keys import ALGORITHM
from api_gateway.identities.rules import SCOPES


class Discovery(Struct, frozen=True, kw_only=True):
    """OpenID Connect Discovery 1.0 section 3, RFC 8414, RFC 9207, RP-Initiated Logout 1.0."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    userinfo_endpoint: str
    jwks_uri: str
    end_session_endpoint: str
    response_types_supported: tuple[str, ...] = ("code",)
    response_modes_supported: tuple[str, ...] = ("query", "form_post")
    grant_types_supported: tuple[str, ...] = ("authorization_code",)
    subject_types_supported: tuple[str, ...] = ("public",)
    id_token_signing_alg_values_supported: tuple[str, ...] = (ALGORITHM,)
    scopes_supported: tuple[str, ...] = SCOPES
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic", "client_secret_post", "none")
    code_challenge_methods_supported: tuple[str, ...] = ("S256",)
    claims_supported: tuple[str, ...] = (
        *("sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "at_hash", "email", "email_verified"),
        *("name", "given_name", "family_name", "preferred_username", "picture", "updated_at"),
    )
    claims_parameter_supported: bool = False
    request_parameter_supported: bool = False
    request_uri_parameter_supported: bool = False
    authorization_response_iss_parameter_supported: bool = True


class JwkSet(Struct, frozen=True):
    """RFC 7517 section 5: the public key that ID tokens are signed with."""

    keys: list[dict[str, str]]


class TokenAnswer(Struct, frozen=True, kw_only=True):
    """RFC 6749 section 5.1, OpenID Connect Core section 3.1.3.3. `expires_in`: seconds."""

    access_token: str
    token_type: str
    expires_in: int
    scope: str
    id_token: str | UnsetType = UNSET


class OAuthErrorBody(Struct, frozen=True, kw_only=True):
    """RFC 6749 section 5.2: a code for programs and a message for developers."""

    error: str
    error_description: str


def discovery(issuer: Issuer) -> Discovery:
    return Discovery(
        issuer=issuer.url,
        authorization_endpoint=issuer.endpoint("/oauth/authorize"),
        token_endpoint=issuer.endpoint("/oauth/token"),
        userinfo_endpoint=issuer.endpoint("/oauth/userinfo"),
        jwks_uri=issuer.endpoint("/jwks"),
        end_session_endpoint=issuer.endpoint("/oauth/logout"),
    )
