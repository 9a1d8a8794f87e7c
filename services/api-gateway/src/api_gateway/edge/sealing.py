"""Encrypts stored responses that contain secrets, with a key that only the same caller's request can derive again.

The key comes from the credentials and the idempotency key (HKDF, RFC 5869), neither of which is stored, so the
store contains only ciphertext (AES-256-GCM, NIST SP 800-38D).
"""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE_OCTETS = 12


def seal(octets: bytes, *, proof: str, name: str) -> bytes:
    """Encrypt `octets` for storage. `proof`: the credentials; `name`: the idempotency key."""
    nonce = secrets.token_bytes(_NONCE_OCTETS)
    return nonce + AESGCM(_key(proof, name)).encrypt(nonce, octets, None)


def unseal(sealed: bytes, *, proof: str, name: str) -> bytes | None:
    """Decrypt what `seal` returned; None if it was sealed with different credentials or another key."""
    try:
        return AESGCM(_key(proof, name)).decrypt(sealed[:_NONCE_OCTETS], sealed[_NONCE_OCTETS:], None)
    except (InvalidTag, ValueError):
        return None


def _key(proof: str, name: str) -> bytes:
    derivation = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"mayfly idempotency")
    return derivation.derive(f"{len(proof)}:{proof}{name}".encode())
