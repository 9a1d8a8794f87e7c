"""Accounts: registering, logging in and out; made by operators too."""

import asyncio
from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from api_gateway.domain.caller import Caller
from api_gateway.domain.plans import Plan
from api_gateway.domain.sessions import LIFETIME, SessionClaims, SessionTokens
from api_gateway.errors import BadInput, Forbidden, Unauthorized
from api_gateway.ports import AccountStore, Broadcaster, SessionStore
from mayfly.events.facts import new_event_id
from mayfly.events.subjects import CONTROL_KEY_REVOKED
from mayfly.failures import Conflict
from mayfly.service.clock import Clock
from mayfly.store.accounts import Account
from mayfly.store.sessions import Session

_HASHING_AT_ONCE = 2


class Passwords:
    """Argon2id (RFC 9106) in threads, few at once: each hash takes 64 MiB and tens of milliseconds."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher()
        self._room = asyncio.Semaphore(_HASHING_AT_ONCE)
        # Verified against when there is no account, so that an unknown address takes as long as a wrong password.
        self._decoy = self._hasher.hash("no account")

    async def hash(self, password: str) -> str:
        async with self._room:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def verify(self, password: str, kept: str | None) -> bool:
        async with self._room:
            return await asyncio.to_thread(self._matches, password, kept or self._decoy) and kept is not None

    def is_outdated(self, kept: str) -> bool:
        """Whether the parameters have changed since it was made."""
        return self._hasher.check_needs_rehash(kept)

    def _matches(self, password: str, kept: str) -> bool:
        try:
            return self._hasher.verify(kept, password)
        except (VerificationError, InvalidHashError):
            return False


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """`expires_in` in seconds."""

    access_token: str
    expires_in: int


class AccountCalls:
    def __init__(
        self,
        *,
        accounts: AccountStore,
        sessions: SessionStore,
        broadcaster: Broadcaster,
        passwords: Passwords,
        tokens: SessionTokens,
        plans: dict[str, Plan],
        clock: Clock,
    ) -> None:
        self._accounts = accounts
        self._sessions = sessions
        self._broadcaster = broadcaster
        self._passwords = passwords
        self._tokens = tokens
        self._plans = plans
        self._clock = clock

    async def register(self, email: str, password: str) -> Account:
        """A new account on the plan `free`. Raises Conflict when the address has one, Forbidden when switched off."""
        self._require_sessions()
        return await self._create(email, "free", await self._passwords.hash(password))

    async def create(self, email: str, plan: str) -> Account:
        """A new account by an operator, without a password. Raises BadInput for a plan there is not."""
        if plan not in self._plans or plan == "anonymous":
            known = ", ".join(name for name in self._plans if name != "anonymous")
            raise BadInput(f"one of {known}", field="plan")
        return await self._create(email, plan, None)

    async def newest(self, limit: int) -> list[Account]:
        return await self._accounts.newest(limit)

    async def log_in(self, email: str, password: str) -> LoggedIn:
        """A session. Raises Unauthorized; an unknown address takes as long as a wrong password."""
        self._require_sessions()
        account = await self._accounts.find(email)
        kept = account.password_hash if account else None
        if not await self._passwords.verify(password, kept) or account is None or kept is None:
            raise Unauthorized("wrong e-mail address or password")
        if account.suspended:
            raise Forbidden("this account is suspended")
        if self._passwords.is_outdated(kept):
            await self._accounts.set_password_hash(account.id, await self._passwords.hash(password))
        return await self._open_session(account)

    async def log_out(self, caller: Caller) -> None:
        """End the caller's session. Raises BadInput for other credentials."""
        if caller.session_id is None:
            raise BadInput("only a session can be logged out", field="Authorization")
        await self._sessions.end(caller.session_id)
        await self._broadcaster.broadcast(CONTROL_KEY_REVOKED, caller.session_id.encode())

    async def _open_session(self, account: Account) -> LoggedIn:
        now = self._clock()
        session = Session(id=new_event_id(), account_id=account.id, created_at=now, expires_at=now + LIFETIME)
        await self._sessions.create(session)
        token = self._tokens.issue(SessionClaims(session.id, account.id), now)
        return LoggedIn(token, int(LIFETIME.total_seconds()))

    async def _create(self, email: str, plan: str, password_hash: str | None) -> Account:
        account = Account(
            id=new_event_id(), email=email, plan=plan, created_at=self._clock(), password_hash=password_hash
        )
        try:
            await self._accounts.create(account)
        except Conflict as conflict:
            raise Conflict("email: there is an account with this address") from conflict
        return account

    def _require_sessions(self) -> None:
        if not self._tokens.is_enabled:
            raise Forbidden("the operator has not switched on accounts with passwords")
