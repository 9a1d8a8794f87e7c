"""Encrypts secrets for the store, with a key that only whoever has the same proof can derive again.

Used for stored responses (proof: the credentials of the caller) and for stream tickets (proof: the ticket). The key
comes from the proof and a name (HKDF, RFC 5869). The proof is not stored, so the store contains only ciphertext
(AES-256-GCM, NIST SP 800-38D).
"""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE_OCTETS = 12


def seal(octets: bytes, *, proof: str, name: str) -> bytes:
    """Encrypt `octets` for storage. `name`: what they are for, such as the idempotency key."""
    nonce = secrets.token_bytes(_NONCE_OCTETS)
    return nonce + AESGCM(_key(proof, name)).encrypt(nonce, octets, None)


def unseal(sealed: bytes, *, proof: str, name: str) -> bytes | None:
    """Decrypt what `seal` returned; None if it was sealed with another proof or name."""
    try:
        return AESGCM(_key(proof, name)).decrypt(sealed[:_NONCE_OCTETS], sealed[_NONCE_OCTETS:], None)
    except (InvalidTag, ValueError):
        return None


def _key(proof: str, name: str) -> bytes:
    derivation = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"mayfly sealing")
    return derivation.derive(f"{len(proof)}:{proof}{name}".encode())
