"""Creates, parses and verifies API keys, inbox tokens, stream tickets, invitation codes and random local parts.

An API key is `mfy_<12 hex prefix>_<48 hex secret>`, an inbox token `mfi_<40 hex>`, a stream ticket `mft_<64 hex>`, the
code of an invitation to a team `mfc_<40 hex>`. All are random, so their SHA-256 is stored and compared in constant
time; a slow hash would add nothing to 160 bits of entropy or more.
"""

import hmac
import re
import secrets
from dataclasses import dataclass
from hashlib import sha256

_KEY = re.compile(r"mfy_([0-9a-f]{12})_([0-9a-f]{48})", re.ASCII)
_INBOX_TOKEN = re.compile(r"mfi_[0-9a-f]{40,64}", re.ASCII)
# Crockford's base 32 in lower case, without letters that look alike; 13 of them are 65 bits.
_LOCAL_PART_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_LOCAL_PART_LENGTH = 13


@dataclass(frozen=True, slots=True)
class ApiKeyText:
    """An API key in plain text. Never logged: `repr` shows only the prefix."""

    prefix: str
    secret: str

    def __str__(self) -> str:
        return f"mfy_{self.prefix}_{self.secret}"

    def __repr__(self) -> str:
        return f"ApiKeyText({self.prefix!r})"


def new_api_key() -> ApiKeyText:
    return ApiKeyText(secrets.token_hex(6), secrets.token_hex(24))


def parse_api_key(text: str) -> ApiKeyText | None:
    """The API key in `text`; None if it does not have that form."""
    match = _KEY.fullmatch(text)
    return ApiKeyText(match[1], match[2]) if match else None


def new_inbox_token() -> str:
    return "mfi_" + secrets.token_hex(20)


def new_stream_ticket() -> str:
    return "mft_" + secrets.token_hex(32)


def new_invitation_code() -> str:
    return "mfc_" + secrets.token_hex(20)


def is_inbox_token(text: str) -> bool:
    return _INBOX_TOKEN.fullmatch(text) is not None


def new_local_part() -> str:
    """A local part that cannot be guessed: 65 random bits."""
    return "".join(secrets.choice(_LOCAL_PART_ALPHABET) for _ in range(_LOCAL_PART_LENGTH))


def digest(secret: str) -> bytes:
    """The SHA-256 of a secret, which is stored in its place."""
    return sha256(secret.encode()).digest()


def proves(secret: str, kept: bytes) -> bool:
    """Whether `kept` is the digest of `secret`; compares in constant time."""
    return hmac.compare_digest(digest(secret), kept)
