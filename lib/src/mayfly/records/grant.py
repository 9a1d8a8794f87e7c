"""Grants: what an authorization code of the OpenID provider stands for, and the access token that it was spent on."""

from datetime import datetime

from mayfly.records.record import Record


class Grant(Record, frozen=True, kw_only=True):
    """`id`: SHA-256 of the authorization code, in hex.

    `code_challenge`: of PKCE with S256; None: not used. `token_hash`: SHA-256 of the access token, once the code is
    spent; `is_revoked`: the code was sent again, so the token is void. `forget_at`: when the store deletes the grant.
    """

    client_id: str
    identity_id: str
    redirect_uri: str
    scopes: list[str]
    auth_time: datetime
    code_expires_at: datetime
    forget_at: datetime
    nonce: str | None = None
    code_challenge: str | None = None
    token_hash: bytes | None = None
    token_expires_at: datetime | None = None
    is_revoked: bool = False
