"""Lists the sessions of an account and ends them: one, or all but the caller's. Called by accounts.session_routes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from api_gateway.edge.caller import Caller
from api_gateway.edge.credentials import Revocations
from api_gateway.refusals import NotFound, found
from mayfly.records.session import Session
from mayfly.service.clock import Clock

if TYPE_CHECKING:
    from mayfly.store.accounts import Accounts
    from mayfly.store.sessions import Sessions

_LISTED = 100
_NO_ACCOUNT = "no such account"


@dataclass(frozen=True, slots=True)
class AccountSessions:
    accounts: "Accounts"
    sessions: "Sessions"
    revocations: Revocations
    clock: Clock

    async def of(self, caller: Caller) -> Sequence[Session]:
        """The newest 100 sessions of the caller's account that have not ended, newest first."""
        account = found(await self.accounts.get(caller.account), _NO_ACCOUNT)
        return await self.sessions.of_account(account.id, account.session_epoch, self.clock(), limit=_LISTED)

    async def end(self, caller: Caller, session_id: str) -> None:
        """End a session of the caller's account, on every replica within a second. Raises NotFound."""
        if not await self.sessions.end_of_account(session_id, caller.account):
            raise NotFound("no such session")
        await self.revocations.invalidate(session_id)

    async def end_others(self, caller: Caller) -> None:
        """End all sessions of the caller's account, also those that are being opened; only the caller's own goes on."""
        account = found(await self.accounts.begin_epoch(caller.account), _NO_ACCOUNT)
        if caller.session_id is not None:
            await self.sessions.carry_over(caller.session_id, account.session_epoch)
        await self.revocations.invalidate(account.id)
