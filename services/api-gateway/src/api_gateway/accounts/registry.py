"""Creates and changes accounts, and opens and ends their sessions."""

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from api_gateway.accounts.passwords import Passwords
from api_gateway.edge.caller import Caller
from api_gateway.edge.credentials import Revocations
from api_gateway.edge.plans import FREE, Plans
from api_gateway.edge.sessions import LIFETIME, SessionClaims, SessionTokens
from api_gateway.refusals import BadInput, Forbidden, LimitExceeded, Taken, Unauthorized, found, refusing
from mayfly.events.facts import new_event_id
from mayfly.failures import Conflict
from mayfly.records.account import Account
from mayfly.records.session import Session
from mayfly.records.usage import UNITS_PER_TOKEN, Rate
from mayfly.service.clock import Clock

if TYPE_CHECKING:
    from mayfly.store.accounts import Accounts
    from mayfly.store.sessions import Sessions
    from mayfly.store.usage import Usage

_ATTEMPTS_FROM_ONE_ADDRESS = Rate(per_minute=6, burst=5)
_ATTEMPTS_FROM_EVERYWHERE = Rate(per_minute=60, burst=60)
_ADDRESS_TAKEN = "an account with this address already exists"


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """A new session; `expires_in` in seconds."""

    access_token: str
    expires_in: int


@dataclass(frozen=True, slots=True)
class AccountRegistry:
    accounts: "Accounts"
    sessions: "Sessions"
    usage: "Usage"
    revocations: Revocations
    passwords: Passwords
    tokens: SessionTokens
    plans: Plans
    clock: Clock

    async def register(self, email: str, password: str) -> Account:
        """Create an account on the plan `free`. Raises Taken for a used address, Forbidden when registration is off."""
        self._require_sessions()
        return await self._create(email, FREE, await self.passwords.hash(password))

    async def create(self, email: str, plan: str) -> Account:
        """Create an account without a password, for an operator. Raises BadInput for an unknown plan."""
        self.plans.require_known(plan)
        return await self._create(email, plan, None)

    async def get(self, caller: Caller) -> Account:
        """The account of the caller. Raises NotFound if it no longer exists."""
        return found(await self.accounts.get(caller.account), "no such account")

    async def change(
        self, caller: Caller, *, email: str | None, password: str | None, current_password: str | None
    ) -> Account:
        """Change address or password; None: unchanged. Needs the current password if the account has one.

        Raises Unauthorized, Forbidden without a session, Taken when the address has an account.
        """
        if caller.session_id is None and caller.scopes:
            raise Forbidden("this call requires a session or an API key without scopes")
        account = await self.get(caller)
        if account.password_hash and not await self.passwords.verify(current_password or "", account.password_hash):
            raise Unauthorized("wrong password", field="current_password")
        changes: dict[str, str | bool | None] = {}
        if email is not None:
            changes["email"] = email
        if password is not None:
            changes["password_hash"] = await self.passwords.hash(password)
        with refusing(Conflict, Taken(_ADDRESS_TAKEN, field="email")):
            changed = await self.accounts.change(account.id, changes) if changes else account
        return changed or account

    async def log_in(self, caller: Caller, email: str, password: str) -> LoggedIn:
        """Open a session. Raises Unauthorized; an unknown address takes as long as a wrong password.

        Raises LimitExceeded for too many attempts at one account, from one IP address or in total.
        """
        self._require_sessions()
        account_name = sha256(email.encode()).hexdigest()[:32]
        await self._limit_attempts(f"login:{account_name}:{caller.subject}", _ATTEMPTS_FROM_ONE_ADDRESS)
        await self._limit_attempts(f"login:{account_name}", _ATTEMPTS_FROM_EVERYWHERE)
        account = await self.accounts.find(email)
        kept = account.password_hash if account else None
        if not await self.passwords.verify(password, kept) or account is None or kept is None:
            raise Unauthorized("wrong e-mail address or password")
        if account.suspended:
            raise Forbidden("this account is suspended")
        if self.passwords.is_outdated(kept):
            await self.accounts.change(account.id, {"password_hash": await self.passwords.hash(password)})
        return await self._open_session(account)

    async def log_out(self, caller: Caller) -> None:
        """End the caller's session. Raises BadInput for other credentials."""
        if caller.session_id is None:
            raise BadInput("must contain a session token", field="Authorization")
        await self.sessions.end(caller.session_id)
        await self.revocations.invalidate(caller.session_id)

    async def _limit_attempts(self, subject: str, rate: Rate) -> None:
        taken = await self.usage.take(subject, "tries", 1, rate, calls_per_day=None, now=self.clock())
        if not taken.granted:
            wait = (UNITS_PER_TOKEN - taken.units) / rate.per_minute / 1000
            raise LimitExceeded("too many login attempts", retry_after=wait)

    async def _open_session(self, account: Account) -> LoggedIn:
        now = self.clock()
        session = Session(id=new_event_id(), account_id=account.id, created_at=now, expires_at=now + LIFETIME)
        await self.sessions.create(session)
        token = self.tokens.issue(SessionClaims(session.id, account.id), now)
        return LoggedIn(token, int(LIFETIME.total_seconds()))

    async def _create(self, email: str, plan: str, password_hash: str | None) -> Account:
        account = Account(
            id=new_event_id(), email=email, plan=plan, created_at=self.clock(), password_hash=password_hash
        )
        with refusing(Conflict, Taken(_ADDRESS_TAKEN, field="email")):
            await self.accounts.create(account)
        return account

    def _require_sessions(self) -> None:
        if not self.tokens.is_enabled:
            raise Forbidden("accounts with passwords are disabled on this installation")
