"""Creates, parses and verifies API keys, inbox tokens, SMTP passwords and the like, and makes random names.

An API key is `mfy_<12 hex prefix>_<48 hex secret>`, an inbox token `mfi_<40 hex>`, a ticket for a stream or a page
`mft_<64 hex>`, the code of an invitation to a team `mfc_<40 hex>`, the SMTP password of a space `mfs_<40 hex>`, the
secret of an OAuth client `mfo_<64 hex>`, an access token of the OpenID provider `mfa_<64 hex>`. All are random, so
their SHA-256 is stored and compared in constant time; a slow hash would add nothing to 160 bits of entropy or more.
"""

import hmac
import re
import secrets
from dataclasses import dataclass
from hashlib import sha256

_KEY = re.compile(r"mfy_([0-9a-f]{12})_([0-9a-f]{48})", re.ASCII)
_TICKET = re.compile(r"mft_[0-9a-f]{64}", re.ASCII)
_INVITATION_CODE = re.compile(r"mfc_[0-9a-f]{40}", re.ASCII)
_INBOX_TOKEN = re.compile(r"mfi_[0-9a-f]{40,64}", re.ASCII)
# Crockford's base 32 in lower case, without letters that look alike; 13 of them are 65 bits, 8 are 40.
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_LETTERS = _ALPHABET[10:]
_LOCAL_PART_LENGTH = 13
_SPACE_ID_LENGTH = 8


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


def new_ticket() -> str:
    return "mft_" + secrets.token_hex(32)


def new_invitation_code() -> str:
    return "mfc_" + secrets.token_hex(20)


def new_client_secret() -> str:
    return "mfo_" + secrets.token_hex(32)


def new_authorization_code() -> str:
    return secrets.token_hex(32)


def new_access_token() -> str:
    return "mfa_" + secrets.token_hex(32)


def is_inbox_token(text: str) -> bool:
    return _INBOX_TOKEN.fullmatch(text) is not None


def is_ticket(text: str) -> bool:
    return _TICKET.fullmatch(text) is not None


def looks_like_session(text: str) -> bool:
    """Whether `text` has the three parts of a JWT in compact form."""
    return text.count(".") == 2  # noqa: PLR2004 - RFC 7515 section 7.1


def kind_of(text: str) -> str:
    """What kind of credentials `text` has the form of, in a word for metrics."""
    if parse_api_key(text):
        return "api_key"
    if is_inbox_token(text):
        return "inbox_token"
    if is_ticket(text):
        return "ticket"
    if _INVITATION_CODE.fullmatch(text):
        return "invitation"
    return "session" if looks_like_session(text) else "other"


def new_local_part() -> str:
    """A local part that cannot be guessed: 65 random bits."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(_LOCAL_PART_LENGTH))


def new_smtp_password() -> str:
    return "mfs_" + secrets.token_hex(20)


def new_space_id() -> str:
    """An id of 8 characters. It begins with a letter, so that no program takes it for a number."""
    return secrets.choice(_LETTERS) + "".join(secrets.choice(_ALPHABET) for _ in range(_SPACE_ID_LENGTH - 1))


def digest(secret: str) -> bytes:
    """The SHA-256 of a secret, which is stored in its place."""
    return sha256(secret.encode()).digest()


def proves(secret: str, kept: bytes | None) -> bool:
    """Whether `kept` is the digest of `secret`; takes as long if it is not, and if there is none."""
    return hmac.compare_digest(digest(secret), kept or bytes(32))
