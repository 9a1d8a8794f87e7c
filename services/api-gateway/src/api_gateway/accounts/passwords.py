"""Hashes and verifies passwords with Argon2id (RFC 9106), outside the event loop."""

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_HASHING_AT_ONCE = 2


class Passwords:
    """Hashes in threads, two at once: each hash takes 64 MiB and tens of milliseconds."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher()
        self._room = asyncio.Semaphore(_HASHING_AT_ONCE)
        self._decoy: str | None = None

    async def hash(self, password: str) -> str:
        async with self._room:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def verify(self, password: str, kept: str | None) -> bool:
        async with self._room:
            return await asyncio.to_thread(self._matches, password, kept) and kept is not None

    def is_outdated(self, kept: str) -> bool:
        """Whether the hash was made with other parameters than those in use now."""
        return self._hasher.check_needs_rehash(kept)

    def _any_hash(self) -> str:
        """Hash to verify against if there is no account, so that the response takes as long as for a wrong password."""
        self._decoy = self._decoy or self._hasher.hash("no account")
        return self._decoy

    def _matches(self, password: str, kept: str | None) -> bool:
        try:
            return self._hasher.verify(kept or self._any_hash(), password)
        except (VerificationError, InvalidHashError):
            return False
