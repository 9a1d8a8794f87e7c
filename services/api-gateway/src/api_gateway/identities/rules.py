"""Rules of the OpenID provider, pure: redirect URIs, claims, PKCE, which identity a hint means."""

import re
from base64 import urlsafe_b64encode
from collections.abc import Collection, Mapping, Sequence
from hashlib import sha256
from hmac import compare_digest
from urllib.parse import urlencode, urlsplit

from api_gateway.refusals import BadInput
from mayfly.records.identity import Identity, OAuthClient

SCOPES = ("openid", "profile", "email")
RESERVED_CLAIMS = frozenset(
    {
        *("iss", "sub", "aud", "exp", "nbf", "iat", "jti", "nonce", "auth_time", "acr", "amr", "azp", "sid", "cnf"),
        *("at_hash", "c_hash", "s_hash", "scope", "client_id", "act", "_claim_names", "_claim_sources"),
        *("email", "email_verified", "name", "preferred_username", "picture", "updated_at"),
    }
)
"""Claims that the provider sets itself, or that say something about the token (OpenID Connect Core sections 2, 5.1)."""

_PROVIDER_NAMES = {"google": "Google", "github": "GitHub", "apple": "Apple", "facebook": "Facebook"}
# RFC 3986 section 2: what a URI may be made of. A fragment is refused below.
_URI = re.compile(r"[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]+", re.ASCII)
# RFC 8252 section 7.1: a private-use scheme is a domain name in reverse, so it has a dot.
_PRIVATE_SCHEME = re.compile(r"[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+", re.ASCII)
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}", re.ASCII)


def check_redirect_uri(uri: str, field: str = "redirectUris") -> None:
    """Raise BadInput unless users may be sent to this URI: absolute, without fragment, user, wildcard or active scheme.

    Sources: RFC 6749 section 3.1.2, RFC 8252 section 7.1, RFC 9700 section 2.1. `http` is allowed for every host:
    applications under test seldom have TLS.
    """
    try:
        parts = urlsplit(uri)
        port_is_valid = parts.port != 0
    except ValueError as error:
        raise BadInput(f"{uri[:100]!r} is not a URI", field=field) from error
    if not _URI.fullmatch(uri) or not port_is_valid:
        raise BadInput(f"{uri[:100]!r} is not a URI", field=field)
    if "#" in uri:
        raise BadInput(f"{uri[:100]!r} has a fragment", field=field)
    if parts.scheme not in {"http", "https"}:
        if not _PRIVATE_SCHEME.fullmatch(parts.scheme):
            raise BadInput(
                f"{uri[:100]!r} must begin with https://, http:// or a scheme with a dot (com.example.app:)",
                field=field,
            )
        return
    if not parts.hostname or "*" in parts.netloc or "@" in parts.netloc:
        raise BadInput(f"{uri[:100]!r} must name one host, without a user", field=field)


def check_claims(claims: Mapping[str, str], client: OAuthClient) -> None:
    """Raise BadInput for reserved claims, and for any where the provider has a fixed set of them."""
    if claims and client.provider_type != "custom":
        raise BadInput(
            f"only identities of custom clients have claims of their own, not {client.provider_type}", field="claims"
        )
    reserved = sorted(RESERVED_CLAIMS.intersection(claims))
    if reserved:
        raise BadInput(f"reserved: {', '.join(reserved)}", field="claims")


def provider_name(client: OAuthClient) -> str:
    """The provider's name on the sign-in page."""
    return _PROVIDER_NAMES.get(client.provider_type) or client.provider_label or "Custom"


def claims_of(identity: Identity, scopes: Collection[str]) -> dict[str, object]:
    """What an ID token and userinfo say of an identity (OpenID Connect Core section 5.4), its own claims included."""
    claims: dict[str, object] = {}
    if "profile" in scopes:
        given, _, family = identity.name.partition(" ")
        claims |= {"given_name": given, **({"family_name": family} if family else {})}
    claims |= identity.claims
    if "profile" in scopes:
        claims |= {
            "name": identity.name,
            "preferred_username": identity.username,
            "updated_at": int(identity.updated_at.timestamp()),
            **({"picture": identity.avatar_url} if identity.avatar_url else {}),
        }
    if "email" in scopes:
        claims |= {"email": identity.mailbox_address, "email_verified": identity.email_verified}
    return {**claims, "sub": identity.id}


def hinted(identities: Sequence[Identity], hint: str) -> Identity | None:
    """The identity that `login_hint` means: by address or id, or by a user name that one of them has."""
    wanted = hint.strip().casefold()
    exact = [i for i in identities if wanted in {i.mailbox_address.casefold(), i.id}]
    named = exact or [i for i in identities if i.username.casefold() == wanted]
    return named[0] if len(named) == 1 else None


def is_code_challenge(text: str) -> bool:
    """Whether `text` can be the challenge of S256: 32 octets in Base64url (RFC 7636 section 4.2)."""
    return _CHALLENGE.fullmatch(text) is not None


def proves_challenge(verifier: str, challenge: str) -> bool:
    """Whether the PKCE verifier belongs to the challenge, by S256 (RFC 7636 section 4.6)."""
    return _VERIFIER.fullmatch(verifier) is not None and compare_digest(
        base64url(sha256(verifier.encode()).digest()), challenge
    )


def base64url(octets: bytes) -> str:
    """Base64url without padding (RFC 7515 section 2)."""
    return urlsafe_b64encode(octets).rstrip(b"=").decode()


def with_parameters(uri: str, parameters: Mapping[str, str]) -> str:
    """The redirect URI with these parameters added to its query (RFC 6749 section 3.1.2)."""
    separator = "" if uri.endswith(("?", "&")) else "&" if "?" in uri else "?"
    return f"{uri}{separator}{urlencode(parameters)}"
