"""Hashes and checks passwords with Argon2id (RFC 9106), outside the event loop.

`PasswordGate` is the only way to check a password: every check counts against the same limits.
"""

import asyncio
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from api_gateway.edge.caller import Caller, address_subject
from api_gateway.refusals import LimitExceeded
from mayfly.records.usage import UNITS_PER_TOKEN, Rate, Wanted
from mayfly.service.clock import Clock

if TYPE_CHECKING:
    from mayfly.store.usage import Usage

_HASHING_AT_ONCE = 2
_TRIES_FROM_ONE_ADDRESS = Rate(per_minute=6, burst=5)
_TRIES_FROM_EVERYWHERE = Rate(per_minute=60, burst=60)


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


@dataclass(frozen=True, slots=True)
class PasswordGate:
    """Checks passwords, whatever for: tries at one account are limited per IP address (IPv6: /64) and in total."""

    passwords: Passwords
    usage: "Usage"
    clock: Clock

    async def check(self, caller: Caller, email: str, password: str, kept: str | None) -> bool:
        """Whether `password` is the one of the account with this address. `kept` None: never, after the same time.

        Raises LimitExceeded for too many tries, right or wrong.
        """
        account = f"login:{sha256(email.encode()).hexdigest()[:32]}"
        await self._take(f"{account}:{address_subject(caller.address)}", _TRIES_FROM_ONE_ADDRESS)
        await self._take(account, _TRIES_FROM_EVERYWHERE)
        return await self.passwords.verify(password, kept)

    async def _take(self, subject: str, rate: Rate) -> None:
        taken = await self.usage.take(Wanted(subject=subject, bucket="tries", count=1, rate=rate, now=self.clock()))
        if not taken.granted:
            wait = (UNITS_PER_TOKEN - taken.units) / rate.per_minute / 1000
            raise LimitExceeded("too many attempts to enter this account's password", retry_after=wait)
