"""Session tokens: JWTs (RFC 7519) signed with HS256 and nothing else."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt

LIFETIME = timedelta(hours=12)
_ALGORITHM = "HS256"
_ISSUER = "mayfly"


@dataclass(frozen=True, slots=True)
class SessionClaims:
    """`session_id` names what logout ends (`jti`), `account_id` who logged in (`sub`)."""

    session_id: str
    account_id: str


class SessionTokens:
    """Makes and proves session tokens with one secret of 32 octets or more."""

    def __init__(self, secret: str) -> None:
        self._secret = secret

    @property
    def is_enabled(self) -> bool:
        return bool(self._secret)

    def issue(self, claims: SessionClaims, now: datetime) -> str:
        payload = {
            "iss": _ISSUER,
            "sub": claims.account_id,
            "jti": claims.session_id,
            "iat": now,
            "exp": now + LIFETIME,
        }
        return jwt.encode(payload, self._secret, algorithm=_ALGORITHM)

    def prove(self, token: str, now: datetime) -> SessionClaims | None:
        """The claims of a token that we signed and that is not over; None for any other."""
        if not self._secret:
            return None
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                self._secret,
                algorithms=[_ALGORITHM],
                issuer=_ISSUER,
                # Expiry is asked of our own clock below.
                options={"require": ["exp", "sub", "jti", "iss"], "verify_exp": False, "verify_iat": False},
            )
            expires_at = datetime.fromtimestamp(claims["exp"], UTC)
        except (jwt.InvalidTokenError, OverflowError, OSError, TypeError, ValueError):
            return None
        if expires_at <= now:
            return None
        return SessionClaims(session_id=claims["jti"], account_id=claims["sub"])


def looks_like_session(text: str) -> bool:
    """A JWT in compact form has three parts."""
    return text.count(".") == 2  # noqa: PLR2004 - RFC 7515 section 7.1
