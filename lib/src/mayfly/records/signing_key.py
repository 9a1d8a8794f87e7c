"""The key that signs ID tokens: one for the whole installation."""

from datetime import datetime

from mayfly.records.record import Record

CURRENT = "current"
"""The id of the key that is in use; there is one."""


class SigningKey(Record, frozen=True, kw_only=True):
    """An RSA key. `key_id`: its JWK thumbprint (RFC 7638). `private_pem`: PKCS #8, in clear: it signs test tokens."""

    key_id: str
    private_pem: bytes
    created_at: datetime
