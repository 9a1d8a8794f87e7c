"""Creates and changes accounts, and opens and ends their sessions."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from api_gateway.accounts.passwords import PasswordGate, Passwords
from api_gateway.edge.caller import Caller
from api_gateway.edge.credentials import Revocations
from api_gateway.edge.known_inboxes import InboxNews
from api_gateway.edge.plans import FREE, Plans
from api_gateway.edge.sessions import LIFETIME, SessionClaims, SessionTokens
from api_gateway.refusals import BadInput, Forbidden, Taken, Unauthorized, found, refusing
from mayfly.events.facts import new_event_id
from mayfly.failures import Conflict
from mayfly.records.account import Account
from mayfly.records.session import Session
from mayfly.service.clock import Clock

if TYPE_CHECKING:
    from mayfly.store.accounts import Accounts
    from mayfly.store.default_space import DefaultSpace
    from mayfly.store.sessions import Sessions

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
    revocations: Revocations
    passwords: Passwords
    gate: PasswordGate
    tokens: SessionTokens
    plans: Plans
    default_space: "DefaultSpace"
    news: InboxNews
    clock: Clock

    async def register(self, email: str, password: str) -> Account:
        """Create an account on the plan `free`. Raises Taken for a used address, Forbidden when registration is off."""
        self._require_sessions()
        return await self._create(email, FREE, await self.passwords.hash(password))

    async def create(self, email: str, plan: str) -> Account:
        """Create an account without a password, for an operator. The first one gets the default space, if there is one.

        Raises BadInput for an unknown plan, Taken for a used address.
        """
        self.plans.require_known(plan)
        account = await self._create(email, plan, None)
        if space := await self.default_space.adopt(account.id):
            await self.news.changed(space)
        return account

    async def get(self, caller: Caller) -> Account:
        """The account of the caller. Raises NotFound if it no longer exists."""
        return found(await self.accounts.get(caller.account), "no such account")

    async def change(
        self, caller: Caller, *, email: str | None, password: str | None, current_password: str | None
    ) -> Account:
        """Change address or password; None: unchanged. Needs the current password if the account has one.

        A new password ends all other sessions of the account, in every replica within a second; the caller's goes on.

        Raises Unauthorized, LimitExceeded for too many tries, Forbidden for a restricted key, Taken when the address
        has an account.
        """
        if caller.is_restricted:
            raise Forbidden("this call requires a session, or an API key without scopes, sites and end")
        account = await self.get(caller)
        await self._require_password(caller, account, current_password)
        changes: dict[str, str | bool | None] = {}
        if email is not None:
            changes["email"] = email
        if password is not None:
            changes["password_hash"] = await self.passwords.hash(password)
        if not changes:
            return account
        # Only under the password that was checked: it may have been changed meanwhile.
        matching = {"password_hash": account.password_hash}
        with refusing(Conflict, Taken(_ADDRESS_TAKEN, field="email")):
            changed = await self.accounts.change(
                account.id, changes, matching=matching, end_sessions=password is not None
            )
        if changed is None:
            raise _wrong_password()
        if password is not None:
            if caller.session_id is not None:
                await self.sessions.carry_over(caller.session_id, changed.session_epoch)
            await self.revocations.invalidate(account.id)
        return changed

    async def log_in(self, caller: Caller, email: str, password: str) -> LoggedIn:
        """Open a session. Raises Unauthorized; an unknown address takes as long as a wrong password.

        Raises LimitExceeded for too many tries at one account, from one IP address or in total.
        """
        self._require_sessions()
        account = await self.accounts.find(email)
        kept = account.password_hash if account else None
        if not await self.gate.check(caller, email, password, kept) or account is None or kept is None:
            raise Unauthorized("wrong e-mail address or password")
        if account.suspended:
            raise Forbidden("this account is suspended")
        if self.passwords.is_outdated(kept):
            changes = {"password_hash": await self.passwords.hash(password)}
            await self.accounts.change(account.id, changes, matching={"password_hash": kept})
        return await self._open_session(account)

    async def log_out(self, caller: Caller) -> None:
        """End the caller's session. Raises BadInput for other credentials."""
        if caller.session_id is None:
            raise BadInput("must contain a session token", field="Authorization")
        await self.sessions.end(caller.session_id)
        await self.revocations.invalidate(caller.session_id)

    async def _require_password(self, caller: Caller, account: Account, password: str | None) -> None:
        if account.password_hash is None:
            return
        if not password:
            raise Unauthorized("required to change this account", field="current_password")
        if not await self.gate.check(caller, account.email, password, account.password_hash):
            raise _wrong_password()

    async def _open_session(self, account: Account) -> LoggedIn:
        now = self.clock()
        session = Session(
            id=new_event_id(),
            account_id=account.id,
            created_at=now,
            expires_at=now + LIFETIME,
            epoch=account.session_epoch,
        )
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


def _wrong_password() -> Unauthorized:
    return Unauthorized("wrong password", field="current_password")
