"""The endpoints of the OpenID provider that programs call: discovery, keys, tokens, userinfo.

Each is there twice: for the issuer of all accounts, and below /oidc for that of one account. Their calls bear no
credentials of Mayfly, so they are admitted by address (edge.admission).
"""

from typing import Annotated, Any

from litestar import Request, Response, get, post
from litestar.params import PathParameter

from api_gateway.edge.parameters import Given
from api_gateway.identities.exchange import TOKEN_LIFETIME
from api_gateway.identities.forms import LARGEST_FORM, is_form, refused, single_form_of
from api_gateway.identities.handlers import IdentityHandlers
from api_gateway.identities.issuer import PATH, Issuer
from api_gateway.identities.oauth_errors import OAuthError
from api_gateway.identities.views import Discovery, JwkSet, TokenAnswer, discovery

_OneAccount = Annotated[str | None, PathParameter(description="Id of the account whose issuer it is")]
_ACCOUNT = f"{PATH}/{{account_id:str}}"
_FIELDS = ("grant_type", "code", "redirect_uri", "code_verifier", "client_id", "client_secret")
_FORM: dict[str, Any] = {
    "required": True,
    "content": {
        "application/x-www-form-urlencoded": {
            "schema": {
                "type": "object",
                "required": ["grant_type", "code"],
                "properties": {name: {"type": "string"} for name in _FIELDS},
            }
        }
    },
}


@get(["/.well-known/openid-configuration", f"{_ACCOUNT}/.well-known/openid-configuration"])
async def openid_configuration(
    request: Request[Any, Any, Any], identities: Given[IdentityHandlers], account_id: _OneAccount = None
) -> Discovery:
    """Get the configuration of the OpenID provider."""
    return discovery(await _issuer(request, identities, account_id))


@get(["/jwks", f"{_ACCOUNT}/jwks"])
async def get_jwks(
    request: Request[Any, Any, Any], identities: Given[IdentityHandlers], account_id: _OneAccount = None
) -> JwkSet:
    """Get the public key that ID tokens are signed with."""
    await _issuer(request, identities, account_id)
    return JwkSet(**await identities.signing.jwks())


@post(
    ["/oauth/token", f"{_ACCOUNT}/oauth/token"],
    status_code=200,
    request_max_body_size=LARGEST_FORM,
    opt={"request_body": _FORM},
)
async def get_token(
    request: Request[Any, Any, Any], identities: Given[IdentityHandlers], account_id: _OneAccount = None
) -> Response[TokenAnswer]:
    """Exchange an authorization code for an access token and an ID token."""
    issuer = await _issuer(request, identities, account_id)
    try:
        form = await single_form_of(request)
        tokens = await identities.exchange.spend(issuer, form, request.headers.get("authorization"))
    except OAuthError as error:
        return refused(error)
    answer = TokenAnswer(
        access_token=tokens.access_token,
        token_type="Bearer",  # noqa: S106 - the word of RFC 6750
        expires_in=int(TOKEN_LIFETIME.total_seconds()),
        scope=" ".join(tokens.scopes),
        **({"id_token": tokens.id_token} if tokens.id_token else {}),
    )
    return Response(answer, headers={"Cache-Control": "no-store", "Pragma": "no-cache"})


@get(["/oauth/userinfo", f"{_ACCOUNT}/oauth/userinfo"])
async def get_userinfo(
    request: Request[Any, Any, Any], identities: Given[IdentityHandlers], account_id: _OneAccount = None
) -> Response[dict[str, Any]]:
    """Get the claims about the identity that an access token stands for."""
    return await _userinfo(request, identities, account_id)


@post(["/oauth/userinfo", f"{_ACCOUNT}/oauth/userinfo"], status_code=200, request_max_body_size=LARGEST_FORM)
async def post_userinfo(
    request: Request[Any, Any, Any], identities: Given[IdentityHandlers], account_id: _OneAccount = None
) -> Response[dict[str, Any]]:
    """Get the claims about the identity that an access token stands for, which may be in the form (RFC 6750 2.2)."""
    return await _userinfo(request, identities, account_id, in_form=True)


async def _userinfo(
    request: Request[Any, Any, Any], identities: IdentityHandlers, account_id: str | None, *, in_form: bool = False
) -> Response[dict[str, Any]]:
    issuer = await _issuer(request, identities, account_id)
    scheme, _, text = request.headers.get("authorization", "").partition(" ")
    try:
        token = text.strip() if scheme.lower() == "bearer" else None
        if in_form and not scheme and is_form(request):
            token = (await single_form_of(request)).get("access_token")
        claims = await identities.exchange.userinfo(issuer, token)
    except OAuthError as error:
        return refused(error)
    return Response(claims)


async def _issuer(request: Request[Any, Any, Any], identities: IdentityHandlers, account_id: str | None) -> Issuer:
    return await identities.issuers.at(request.headers.get("host", ""), account_id)
