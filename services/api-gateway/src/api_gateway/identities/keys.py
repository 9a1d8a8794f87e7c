"""The signing key of the installation, and what is signed with it: ID tokens (RS256, RFC 7518 section 3.3)."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from msgspec import json

from api_gateway.identities.rules import base64url
from mayfly.records.signing_key import CURRENT, SigningKey
from mayfly.service.clock import Clock

if TYPE_CHECKING:
    from mayfly.store.signing_keys import SigningKeys

ALGORITHM = "RS256"
_BITS = 2048
_KEPT_FOR = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class _Key:
    private: RSAPrivateKey
    key_id: str

    def public(self) -> dict[str, str]:
        numbers = self.private.public_key().public_numbers()
        return {
            "kty": "RSA",
            "n": _number(numbers.n),
            "e": _number(numbers.e),
            "use": "sig",
            "alg": ALGORITHM,
            "kid": self.key_id,
        }


class Signing:
    """Signs with the key that all gateways share; it is made when it is first needed, and read again every minute."""

    def __init__(self, keys: "SigningKeys", clock: Clock) -> None:
        self._keys = keys
        self._clock = clock
        self._key: _Key | None = None
        self._read_at = clock()
        self._turn = asyncio.Lock()

    async def sign(self, claims: Mapping[str, object]) -> str:
        """A JWT in compact form with these claims. Raises TransientFailure."""
        key = await self._current()
        return jwt.encode(dict(claims), key.private, algorithm=ALGORITHM, headers={"kid": key.key_id})

    async def read(self, token: str) -> dict[str, Any] | None:
        """The claims of a JWT that was signed here, however old; None for any other. Raises TransientFailure."""
        key = await self._current()
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                key.private.public_key(),
                algorithms=[ALGORITHM],
                options={"verify_exp": False, "verify_iat": False, "verify_aud": False},
            )
        except jwt.InvalidTokenError:
            return None
        return claims

    async def jwks(self) -> dict[str, list[dict[str, str]]]:
        """The public key as a JWK set (RFC 7517 section 5). Raises TransientFailure."""
        return {"keys": [(await self._current()).public()]}

    async def _current(self) -> _Key:
        async with self._turn:
            now = self._clock()
            if self._key is None or not self._read_at <= now < self._read_at + _KEPT_FOR:
                stored = await self._keys.get() or await self._keys.keep_first(await asyncio.to_thread(_new_key, now))
                if self._key is None or self._key.key_id != stored.key_id:
                    self._key = _Key(_private(stored), stored.key_id)
                self._read_at = now
            return self._key


def access_token_hash(token: str) -> str:
    """The `at_hash` of an access token under RS256 (OpenID Connect Core section 3.1.3.6)."""
    digest = sha256(token.encode()).digest()
    return base64url(digest[: len(digest) // 2])


def _new_key(now: datetime) -> SigningKey:
    private = generate_private_key(public_exponent=65537, key_size=_BITS)
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return SigningKey(id=CURRENT, key_id=_thumbprint(private), private_pem=pem, created_at=now)


def _private(stored: SigningKey) -> RSAPrivateKey:
    key = serialization.load_pem_private_key(stored.private_pem, password=None)
    assert isinstance(key, RSAPrivateKey)
    return key


def _thumbprint(private: RSAPrivateKey) -> str:
    numbers = private.public_key().public_numbers()
    members = {"e": _number(numbers.e), "kty": "RSA", "n": _number(numbers.n)}
    return base64url(sha256(json.encode(members)).digest())


def _number(value: int) -> str:
    return base64url(value.to_bytes((value.bit_length() + 7) // 8))
