"""Teams: accounts that share plan and limits of the team's owner. Inboxes and keys stay with their own account.

An account becomes a member only by its own call, with the code of an invitation. Mayfly sends no mail, and nobody has
proved the e-mail address of an account: an address in an invitation is a note of its maker and decides nothing.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from api_gateway.edge import secrets
from api_gateway.edge.caller import Caller
from api_gateway.edge.credentials import Revocations
from api_gateway.edge.guesses import Guesses
from api_gateway.edge.plans import Plans
from api_gateway.refusals import Forbidden, InvalidState, NotFound, Taken, found, refusing
from mayfly.events.facts import new_event_id
from mayfly.failures import Conflict
from mayfly.records.member import Member, MemberStatus
from mayfly.service.clock import Clock

if TYPE_CHECKING:
    from mayfly.store.accounts import Accounts
    from mayfly.store.members import Members

INVITATION_LIFETIME = timedelta(days=7)
_NO_INVITATION = "no such invitation, or another code"


@dataclass(frozen=True, slots=True)
class RosterEntry:
    """A name for the list of members, as its maker gives it."""

    email: str
    user_id: str | None = None
    username: str | None = None
    status: str | None = None


@dataclass(frozen=True, slots=True)
class Teams:
    accounts: "Accounts"
    store: "Members"
    revocations: Revocations
    plans: Plans
    guesses: Guesses
    clock: Clock

    async def members(self, caller: Caller) -> list[Member]:
        """Members and roster entries of the caller's team, newest first."""
        return await self.store.members(caller.account)

    async def invitations(self, caller: Caller) -> list[Member]:
        """The open invitations."""
        return await self.store.invitations(caller.account, self.clock())

    async def invite(self, caller: Caller, email: str) -> tuple[Member, str]:
        """Make an invitation for 7 days; returns it with its code, which is not stored.

        Raises Forbidden without a plan that can be shared, Taken for an address that is in the team or invited.
        """
        now, code = self.clock(), secrets.new_invitation_code()
        invitation = Member(
            id=new_event_id(),
            team_id=caller.account,
            email=email,
            status="invited",
            created_at=now,
            code_hash=secrets.digest(code),
            expires_at=now + INVITATION_LIFETIME,
        )
        return await self._create(caller, invitation), code

    async def list_person(self, caller: Caller, entry: RosterEntry) -> Member:
        """Add a roster entry, which grants nothing and touches no account. Raises as `invite` does."""
        listed = Member(
            id=new_event_id(),
            team_id=caller.account,
            email=entry.email,
            status="active",
            created_at=self.clock(),
            name=entry.username,
            user_id=entry.user_id,
            user_status=entry.status,
        )
        return await self._create(caller, listed)

    async def accept(self, caller: Caller, invitation_id: str, code: str) -> None:
        """Make the caller's account a member of the team that invited it; it shares the owner's plan from now on.

        Raises NotFound for a wrong, used, withdrawn or expired code, LimitExceeded for too many wrong credentials from
        this address, InvalidState when the account is in a team or owns one, or when the team cannot take members at
        present.
        """
        now = self.clock()
        async with self.guesses.attempt(caller.address, code) as attempt:
            known = await self.store.invitation(invitation_id, secrets.digest(code), now)
            attempt.is_wrong = known is None
        invitation = found(known, _NO_INVITATION)
        owner = await self.accounts.get(invitation.team_id)
        if owner is None or owner.suspended or not self.plans[owner.plan].team:
            raise InvalidState("this team cannot take members at present")
        with refusing(Conflict, InvalidState("this account is in a team or owns one, or the team joined another")):
            if not await self.store.accept(invitation, caller.account, now):
                raise NotFound(_NO_INVITATION)
        await self.revocations.invalidate(caller.account)

    async def leave(self, caller: Caller) -> None:
        """Leave the caller's team; its own plan applies again. Raises NotFound."""
        found(await self.store.leave(caller.account), "this account is not in a team")
        await self.revocations.invalidate(caller.account)

    async def member(self, caller: Caller, member_id: str) -> Member:
        """A member or roster entry of the caller's team. Raises NotFound."""
        return found(await self.store.get(caller.account, member_id, "active"), "no such member")

    async def remove(self, caller: Caller, member_id: str, status: MemberStatus = "active") -> None:
        """Remove a member or roster entry, or withdraw an invitation. Raises NotFound."""
        removed = found(await self.store.remove(caller.account, member_id, status), "no such member")
        if removed.account_id is not None:
            await self.revocations.invalidate(removed.account_id)

    async def remove_all(self, caller: Caller) -> int:
        """Remove every member and roster entry; returns their number."""
        members = await self.members(caller)
        for member in members:
            if await self.store.remove(caller.account, member.id, "active") and member.account_id is not None:
                await self.revocations.invalidate(member.account_id)
        return len(members)

    async def _create(self, caller: Caller, member: Member) -> Member:
        if caller.team_id != caller.account:
            raise Forbidden("only the owner of a team can change it")
        self.plans.require(self.plans[caller.plan], "team", "a team")
        with refusing(Conflict, Taken("already in the team or invited", field="email")):
            await self.store.create(member, self.clock())
        return member
