"""The authorization endpoint: checks a request, finds out who signs in, and issues a code (RFC 6749 section 4.1).

A fault of client or redirect URI is shown to the user and never sent anywhere; every other one goes to the client
(RFC 6749 section 4.1.2.1). Called by the routes in identities.sign_in_routes.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from api_gateway.edge import secrets
from api_gateway.identities.issuer import Issuer
from api_gateway.identities.keys import Signing
from api_gateway.identities.oauth_errors import OAuthError
from api_gateway.identities.people import ManageIdentities
from api_gateway.identities.rules import SCOPES, hinted, is_code_challenge
from api_gateway.identities.usable_clients import UsableClients
from mayfly.records.grant import Grant
from mayfly.records.identity import Identity, OAuthClient
from mayfly.service.clock import Clock

if TYPE_CHECKING:
    from mayfly.store.grants import Grants

CODE_LIFETIME = timedelta(seconds=60)
# A spent or expired code is kept for a while, so that sending it again is noticed.
_KEPT = timedelta(minutes=10)
_LONGEST = {"state": 4096, "id_token_hint": 8192, "client_id": 100}
_LONGEST_OTHER = 2048
_UNSUPPORTED = {
    "request": "request_not_supported",
    "request_uri": "request_uri_not_supported",
    "registration": "registration_not_supported",
}

Parameters = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Choice:
    """What the user chose on the sign-in page: an identity by its id; None: to cancel."""

    identity_id: str | None


@dataclass(frozen=True, slots=True)
class Return:
    """Where to send the user, with what. `mode`: in the query, or as a form (OAuth 2.0 Form Post Response Mode)."""

    redirect_uri: str
    parameters: Mapping[str, str]
    mode: Literal["query", "form_post"] = "query"


@dataclass(frozen=True, slots=True)
class SignIn:
    """The sign-in page: who can be chosen. `parameters`: of the request, for the form to send again."""

    client: OAuthClient
    redirect_uri: str
    identities: Sequence[Identity]
    parameters: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Request:
    """An authorization request whose client and redirect URI are right."""

    client: OAuthClient
    redirect_uri: str
    given: Mapping[str, str]
    issuer: Issuer

    @property
    def mode(self) -> Literal["query", "form_post"]:
        return "form_post" if self.given.get("response_mode") == "form_post" else "query"

    @property
    def prompts(self) -> set[str]:
        return set(self.given.get("prompt", "").split())

    @property
    def scopes(self) -> list[str]:
        """The scopes that are granted: those we know of the ones asked for; without `scope`, all."""
        asked = self.given.get("scope", " ".join(SCOPES)).split()
        return [scope for scope in SCOPES if scope in asked]

    def answer(self, parameters: Mapping[str, str]) -> Return:
        """The response, with `state` as it came and `iss` (RFC 9207)."""
        state = {"state": self.given["state"]} if "state" in self.given else {}
        return Return(self.redirect_uri, {**parameters, **state, "iss": self.issuer.url}, self.mode)

    def refuse(self, error: OAuthError) -> Return:
        return self.answer({"error": error.code, "error_description": error.detail})


@dataclass(frozen=True, slots=True)
class Authorize:
    clients: UsableClients
    people: ManageIdentities
    grants: "Grants"
    signing: Signing
    clock: Clock

    async def __call__(
        self, issuer: Issuer, parameters: Parameters, choice: Choice | None = None, *, only_look: bool = False
    ) -> Return | SignIn:
        """The sign-in page for a request, or where to send the user. `only_look`: issue no code.

        Raises OAuthError, for the user's eyes, if the client or its redirect URI is wrong.
        """
        given = dict(parameters)
        client = await self._client(issuer, parameters)
        redirect_uri = _redirect_uri(client, parameters)
        request = _Request(client, redirect_uri, _echoed(given), issuer)
        try:
            _check(request, parameters)
            if choice is not None and choice.identity_id is None:
                raise OAuthError("access_denied", "the user cancelled the sign-in")
            identities = await self.people.signing_in(client.id)
            identity = await self._chosen(request, identities, choice)
            if identity is None and "none" in request.prompts:
                raise OAuthError("login_required", "send a login_hint or id_token_hint that fits one identity")
        except OAuthError as error:
            return request.refuse(error)
        if identity is None or only_look:
            return SignIn(client, redirect_uri, identities, given)
        return request.answer({"code": await self._issue(request, identity)})

    async def _chosen(
        self, request: _Request, identities: Sequence[Identity], choice: Choice | None
    ) -> Identity | None:
        """The identity that the user chose, or that a hint of the request means; None: the user must choose."""
        if choice is not None:
            return next((identity for identity in identities if identity.id == choice.identity_id), None)
        if "select_account" in request.prompts:
            return None
        if hint := request.given.get("login_hint"):
            return hinted(identities, hint)
        claims = await self.signing.read(request.given.get("id_token_hint", "")) or {}
        return next((identity for identity in identities if identity.id == claims.get("sub")), None)

    async def _client(self, issuer: Issuer, parameters: Parameters) -> OAuthClient:
        client_id = _only(parameters, "client_id")
        if client_id is None:
            raise OAuthError("invalid_request", "client_id is missing, or given more than once")
        client = await self.clients.get(issuer, client_id)
        if client is None:
            raise OAuthError("invalid_request", "unknown client_id")
        return client

    async def _issue(self, request: _Request, identity: Identity) -> str:
        code, now = secrets.new_authorization_code(), self.clock()
        grant = Grant(
            id=secrets.digest(code).hex(),
            client_id=request.client.id,
            identity_id=identity.id,
            redirect_uri=request.redirect_uri,
            scopes=request.scopes,
            auth_time=now,
            code_expires_at=now + CODE_LIFETIME,
            forget_at=now + _KEPT,
            nonce=request.given.get("nonce"),
            code_challenge=request.given.get("code_challenge"),
        )
        await self.grants.create(grant)
        return code


def _only(parameters: Parameters, name: str) -> str | None:
    """The value of a parameter that is given once, and not without a value."""
    values = [value for given, value in parameters if given == name]
    return (values[0] or None) if len(values) == 1 else None


def _redirect_uri(client: OAuthClient, parameters: Parameters) -> str:
    """The redirect URI, which must be one of the client's, character by character (RFC 9700 section 2.1)."""
    redirect_uri = _only(parameters, "redirect_uri")
    if redirect_uri is None:
        raise OAuthError("invalid_request", "redirect_uri is missing, or given more than once")
    if redirect_uri not in client.redirect_uris:
        raise OAuthError("invalid_request", "redirect_uri is not one of those that the client has registered")
    return redirect_uri


def _echoed(given: dict[str, str]) -> dict[str, str]:
    """The parameters, but for a state that is too long to be sent back, or empty ones, which count as absent."""
    return {name: value for name, value in given.items() if value and (name != "state" or len(value) <= _LONGEST[name])}


def _check(request: _Request, parameters: Parameters) -> None:
    """Raise OAuthError for what OAuth, OpenID Connect or PKCE forbid, or we do not support."""
    twice = [name for name, count in Counter(name for name, _ in parameters).items() if count > 1]
    if twice:
        raise OAuthError("invalid_request", "a parameter is given more than once")
    for name, value in parameters:
        if name in _UNSUPPORTED and value:
            raise OAuthError(_UNSUPPORTED[name], "not supported here: send plain parameters")
        if len(value) > _LONGEST.get(name, _LONGEST_OTHER):
            raise OAuthError("invalid_request", "a parameter is too long")
    given = request.given
    if "response_type" not in given:
        raise OAuthError("invalid_request", "response_type is missing")
    if given["response_type"] != "code":
        raise OAuthError("unsupported_response_type", "only the response type code is supported")
    if given.get("response_mode", "query") not in {"query", "form_post"}:
        raise OAuthError("invalid_request", "response_mode must be query or form_post")
    if "none" in request.prompts and len(request.prompts) > 1:
        raise OAuthError("invalid_request", "prompt=none excludes other prompts")
    _check_pkce(request.client, given)


def _check_pkce(client: OAuthClient, given: Mapping[str, str]) -> None:
    challenge = given.get("code_challenge")
    if challenge is None:
        if client.is_public:
            raise OAuthError("invalid_request", "code_challenge is missing: a public client must use PKCE with S256")
        if "code_challenge_method" in given:
            raise OAuthError("invalid_request", "code_challenge_method without code_challenge")
        return
    # RFC 7636 section 4.3: without a method it is plain, which protects nothing.
    if given.get("code_challenge_method", "plain") != "S256":
        raise OAuthError("invalid_request", "code_challenge_method must be S256")
    if not is_code_challenge(challenge):
        raise OAuthError(
            "invalid_request", "code_challenge must be 43 characters of Base64url: the SHA-256 of the verifier"
        )
