"""Teams: accounts that share plan and limits of the team's owner. Inboxes stay with the account that created them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from api_gateway.edge.caller import Caller
from api_gateway.edge.credentials import Revocations
from api_gateway.edge.plans import Plans
from api_gateway.refusals import Forbidden, InvalidState, NotFound, Taken, found, refusing
from mayfly.events.facts import new_event_id
from mayfly.failures import Conflict
from mayfly.records.member import Member, MemberStatus
from mayfly.service.clock import Clock

if TYPE_CHECKING:
    from mayfly.store.accounts import Accounts
    from mayfly.store.members import Members


@dataclass(frozen=True, slots=True)
class Teams:
    accounts: "Accounts"
    store: "Members"
    revocations: Revocations
    plans: Plans
    clock: Clock

    async def members(self, caller: Caller) -> list[Member]:
        return await self.store.of_team(caller.account, "active")

    async def invitations(self, caller: Caller) -> list[Member]:
        """The open invitations."""
        return await self.store.of_team(caller.account, "invited")

    async def add(self, caller: Caller, email: str, name: str | None = None) -> Member:
        """Add a member; an account with that address that is in no team shares the plan from now on.

        Raises Forbidden without a plan that can be shared, Taken for an address that is in the team.
        """
        self._require_team(caller)
        account = await self.accounts.join(email, caller.account)
        member = await self._create(caller, email, "active", name, account.id if account else None)
        if account is not None:
            await self.revocations.invalidate(account.id)
        return member

    async def invite(self, caller: Caller, email: str) -> Member:
        """Invite a person: an account of that address accepts with the invitation's id."""
        self._require_team(caller)
        return await self._create(caller, email, "invited", None, None)

    async def accept(self, caller: Caller, invitation_id: str) -> Member:
        """Join the team that invited the caller. Raises NotFound, InvalidState when in a team already."""
        account = await self.accounts.get(caller.account)
        invitation = await self.store.invitation(invitation_id, account.email) if account else None
        if account is None or invitation is None:
            raise NotFound("no such invitation")
        if await self.accounts.join(account.email, invitation.team_id) is None:
            raise InvalidState("this account is already in a team")
        await self.store.activate(invitation.id, account.id)
        await self.revocations.invalidate(account.id)
        return invitation

    async def leave(self, caller: Caller) -> None:
        """Leave the caller's team. Raises NotFound."""
        if caller.team_id is None or caller.team_id == caller.account:
            raise NotFound("this account is not in a team")
        await self.accounts.leave(caller.account, caller.team_id)
        await self.store.delete_account(caller.team_id, caller.account)
        await self.revocations.invalidate(caller.account)

    async def member(self, caller: Caller, member_id: str) -> Member:
        """A member or an open invitation of the caller's team. Raises NotFound."""
        return found(await self.store.get(caller.account, member_id), "no such member")

    async def account_of(self, caller: Caller, owner: str) -> str:
        """The id of the caller's own account, or of a member's of its team. Raises NotFound for any other."""
        if owner == caller.account or any(owner == member.account_id for member in await self.members(caller)):
            return owner
        raise NotFound("no such owner")

    async def remove(self, caller: Caller, member_id: str, status: MemberStatus = "active") -> None:
        """Remove a member, or withdraw an invitation. Raises NotFound."""
        member = await self.member(caller, member_id)
        if member.status != status:
            raise NotFound("no such member")
        await self._remove([member])

    async def remove_all(self, caller: Caller) -> int:
        """Remove every member; returns their number."""
        members = await self.members(caller)
        await self._remove(members)
        return len(members)

    async def _remove(self, members: list[Member]) -> None:
        for member in members:
            if member.account_id is not None:
                await self.accounts.leave(member.account_id, member.team_id)
                await self.revocations.invalidate(member.account_id)
        await self.store.delete([member.id for member in members])

    async def _create(
        self, caller: Caller, email: str, status: MemberStatus, name: str | None, account_id: str | None
    ) -> Member:
        member = Member(
            id=new_event_id(),
            team_id=caller.account,
            email=email,
            status=status,
            created_at=self.clock(),
            name=name,
            account_id=account_id,
        )
        with refusing(Conflict, Taken("already in the team or invited", field="email")):
            await self.store.create(member)
        return member

    def _require_team(self, caller: Caller) -> None:
        if caller.team_id != caller.account:
            raise Forbidden("only the owner of a team can change it")
        self.plans.require(self.plans[caller.plan], "team", "a team")
