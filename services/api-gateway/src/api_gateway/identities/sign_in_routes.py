"""The endpoints that browsers call: the sign-in page, the way back to the application, and signing out.

Nobody proves anything here: the people are simulated, and whoever has a link to the page may be any of them. So there
is no session, and no cookie that a foreign page could use.
"""

from typing import Annotated, Any
from urllib.parse import urlsplit

from litestar import MediaType, Request, Response, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import PathParameter

from api_gateway.edge.head import is_head
from api_gateway.edge.parameters import Given
from api_gateway.identities.authorize import Choice, Parameters, Return, SignIn
from api_gateway.identities.forms import LARGEST_FORM, form_of, parameters_of
from api_gateway.identities.handlers import IdentityHandlers
from api_gateway.identities.issuer import PATH, Issuer
from api_gateway.identities.oauth_errors import OAuthError
from api_gateway.identities.pages import HEADERS, error_page, return_page, sign_in_page, signed_out_page
from api_gateway.identities.rules import with_parameters

_OneAccount = Annotated[str | None, PathParameter(description="Id of the account whose issuer it is")]
_PATHS = ["/oauth/authorize", f"{PATH}/{{account_id:str}}/oauth/authorize"]
_SIGN_OUT_PATHS = ["/oauth/logout", f"{PATH}/{{account_id:str}}/oauth/logout"]
_BAD_REQUEST, _FORBIDDEN, _SEE_OTHER = 400, 403, 303
_ANSWERS = {
    _SEE_OTHER: ResponseSpec(None, generate_examples=False, description="To the redirect URI, with a code or an error"),
    **{
        status: ResponseSpec(str, generate_examples=False, media_type=MediaType.HTML, description=meaning)
        for status, meaning in (
            (_BAD_REQUEST, "The client or its redirect URI is wrong; the user is not sent there"),
            (_FORBIDDEN, "The form was sent from another site"),
        )
    },
}


@get(_PATHS, media_type=MediaType.HTML, responses=_ANSWERS)
async def authorize(
    request: Request[Any, Any, Any], identities: Given[IdentityHandlers], account_id: _OneAccount = None
) -> Response[str]:
    """Sign in: a page that lets the user choose an identity; `login_hint` with its address or user name skips it."""
    issuer = await identities.issuers.at(request.headers.get("host", ""), account_id)
    try:
        return await _answer(request, identities, issuer, parameters_of(request.scope["query_string"]))
    except OAuthError as error:
        return _html(error_page(error.detail), _BAD_REQUEST)


@post(_PATHS, status_code=200, media_type=MediaType.HTML, request_max_body_size=LARGEST_FORM, responses=_ANSWERS)
async def authorize_by_form(
    request: Request[Any, Any, Any], identities: Given[IdentityHandlers], account_id: _OneAccount = None
) -> Response[str]:
    """Sign in with a request in a form, or with the choice that the user made on the page."""
    issuer = await identities.issuers.at(request.headers.get("host", ""), account_id)
    try:
        parameters = parameters_of(request.scope["query_string"])
        fields = await form_of(request)
        if not parameters:  # OpenID Connect Core section 3.1.2.1: a client may send its request as a form
            return await _answer(request, identities, issuer, fields)
        if _is_from_elsewhere(request):
            return _html(error_page("The choice was not made on this page"), _FORBIDDEN)
        chosen = dict(fields)
        choice = Choice(chosen.get("identity") if "cancel" not in chosen else None)
        return await _answer(request, identities, issuer, parameters, choice)
    except OAuthError as error:
        return _html(error_page(error.detail), _BAD_REQUEST)


@get(_SIGN_OUT_PATHS, media_type=MediaType.HTML, responses=_ANSWERS)
async def sign_out(
    request: Request[Any, Any, Any], identities: Given[IdentityHandlers], account_id: _OneAccount = None
) -> Response[str]:
    """Sign out: back to a registered `post_logout_redirect_uri`, or a page."""
    issuer = await identities.issuers.at(request.headers.get("host", ""), account_id)
    try:
        return await _signed_out(identities, issuer, parameters_of(request.scope["query_string"]))
    except OAuthError as error:
        return _html(error_page(error.detail), _BAD_REQUEST)


@post(
    _SIGN_OUT_PATHS, status_code=200, media_type=MediaType.HTML, request_max_body_size=LARGEST_FORM, responses=_ANSWERS
)
async def sign_out_by_form(
    request: Request[Any, Any, Any], identities: Given[IdentityHandlers], account_id: _OneAccount = None
) -> Response[str]:
    """Sign out, with the parameters in a form."""
    issuer = await identities.issuers.at(request.headers.get("host", ""), account_id)
    try:
        return await _signed_out(identities, issuer, await form_of(request))
    except OAuthError as error:
        return _html(error_page(error.detail), _BAD_REQUEST)


async def _signed_out(identities: IdentityHandlers, issuer: Issuer, parameters: Parameters) -> Response[str]:
    uri = await identities.sign_out(issuer, {name: value for name, value in parameters if value})
    return _html(signed_out_page()) if uri is None else _see_other(uri)


async def _answer(
    request: Request[Any, Any, Any],
    identities: IdentityHandlers,
    issuer: Issuer,
    parameters: Parameters,
    choice: Choice | None = None,
) -> Response[str]:
    outcome = await identities.authorize(issuer, parameters, choice, only_look=is_head(request))
    match outcome:
        case SignIn():
            page = sign_in_page(outcome.client, outcome.redirect_uri, outcome.identities, outcome.parameters)
            return _html(page)
        case Return(mode="form_post"):
            return _html(return_page(outcome.redirect_uri, outcome.parameters))
    return _see_other(with_parameters(outcome.redirect_uri, outcome.parameters))


def _see_other(uri: str) -> Response[str]:
    """303, so that a form is not sent on to the application (RFC 9700 section 4.12)."""
    return Response("", status_code=_SEE_OTHER, headers={**HEADERS, "Location": uri}, media_type=MediaType.HTML)


def _html(page: str, status: int = 200) -> Response[str]:
    return Response(page, status_code=status, headers=HEADERS, media_type=MediaType.HTML)


def _is_from_elsewhere(request: Request[Any, Any, Any]) -> bool:
    """Whether a browser says that the form was on another site (Fetch Metadata; else Origin)."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site not in {"same-origin", "none"}
    origin = request.headers.get("origin", "null")
    return origin != "null" and urlsplit(origin).netloc != request.headers.get("host", "")
