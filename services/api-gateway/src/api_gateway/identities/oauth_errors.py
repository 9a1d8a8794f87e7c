"""Errors of the OpenID provider's own endpoints: `{"error", "error_description"}` (RFC 6749 section 5.2).

`OAuthError` is raised by the verbs and answered by the routes; `oauth_shape` writes what the framework and the edge
refuse on those paths, such as a body that is too large.
"""

from collections.abc import Mapping

from mayfly.failures import PermanentFailure

_WORDS = {
    "bad_request": "invalid_request",
    "internal_error": "server_error",
    "service_unavailable": "temporarily_unavailable",
}
_UNAUTHORIZED = 401


class OAuthError(PermanentFailure):
    """A refused call of the provider. `code`: of RFC 6749, RFC 6750 or OpenID Connect Core; `challenge`: a scheme.

    `challenge` is what WWW-Authenticate asks for; with it the status is 401, else 400.
    """

    def __init__(self, code: str, detail: str, *, challenge: str | None = None) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.challenge = challenge

    @property
    def status(self) -> int:
        return _UNAUTHORIZED if self.challenge else 400

    @property
    def headers(self) -> Mapping[str, str]:
        return {"WWW-Authenticate": self.challenge} if self.challenge else {}


def oauth_code(code: str) -> str:
    """What the gateway's own code is called in OAuth; unchanged where OAuth has no word."""
    return _WORDS.get(code, code)


def invalid_client(detail: str) -> OAuthError:
    """Client authentication failed (RFC 6749 section 5.2)."""
    return OAuthError("invalid_client", detail, challenge='Basic realm="Mayfly"')


def invalid_token(detail: str) -> OAuthError:
    """The access token is not valid (RFC 6750 section 3.1)."""
    return OAuthError("invalid_token", detail, challenge='Bearer error="invalid_token"')
