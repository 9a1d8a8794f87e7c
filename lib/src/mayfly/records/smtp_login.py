"""SMTP logins of spaces. The password itself is never stored, only its SHA-256."""

import hmac
from datetime import datetime
from hashlib import sha256

from mayfly.records.record import Record


class SmtpLogin(Record, frozen=True, kw_only=True):
    """One login with which a peer sends mail into a space: the user name is the space's id.

    `password_hash`: SHA-256 of a password that we generate with at least 120 random bits. Nobody can try that many, so
    a slow hash would add nothing, and would let peers buy our processor's time with wrong passwords.
    """

    space_id: str
    label: str
    password_hash: bytes
    created_at: datetime

    def has_password(self, password: str) -> bool:
        """Whether this is its password; takes as long if it is not."""
        return hmac.compare_digest(digest_of(password), self.password_hash)


def digest_of(password: str) -> bytes:
    """The SHA-256 of a password, which is stored in its place."""
    return sha256(password.encode(errors="replace")).digest()
