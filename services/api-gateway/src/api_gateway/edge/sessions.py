"""Issues and verifies session tokens: JWTs (RFC 7519) signed with HS256; no other algorithm is accepted."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt

LIFETIME = timedelta(hours=12)
_ALGORITHM = "HS256"
_ISSUER = "mayfly"


@dataclass(frozen=True, slots=True)
class SessionClaims:
    """Claims of a session token: `session_id` (`jti`), which logging out ends, and `account_id` (`sub`)."""

    session_id: str
    account_id: str


class SessionTokens:
    """Issues and verifies session tokens with a secret of at least 32 octets; empty: sessions are disabled."""

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
        """The claims of a token that has a valid signature and is not expired; None for any other."""
        if not self._secret:
            return None
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                self._secret,
                algorithms=[_ALGORITHM],
                issuer=_ISSUER,
                # Expiry is checked below, with the clock of the installation.
                options={"require": ["exp", "sub", "jti", "iss"], "verify_exp": False, "verify_iat": False},
            )
            expires_at = datetime.fromtimestamp(claims["exp"], UTC)
        except (jwt.InvalidTokenError, OverflowError, OSError, TypeError, ValueError):
            return None
        if expires_at <= now:
            return None
        return SessionClaims(session_id=claims["jti"], account_id=claims["sub"])
