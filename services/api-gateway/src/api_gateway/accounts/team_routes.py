"""/api/v1/team: members and invitations of a team, whose accounts share the plan of its owner."""

from datetime import datetime
from typing import Annotated

from litestar import delete, get, post
from litestar.params import JSONBody
from msgspec import Meta, Struct

from api_gateway.accounts.handlers import AccountHandlers
from api_gateway.accounts.views import Email, Invite
from api_gateway.edge.parameters import Given, GivenCaller, InvitationId, MemberId
from api_gateway.edge.views import view


class AddMember(Struct, frozen=True, kw_only=True):
    email: Email
    name: Annotated[str, Meta(max_length=200)] | None = None


class MemberView(Struct, frozen=True, kw_only=True):
    """A member of a team. `account_id` null: no account with this e-mail address exists yet."""

    id: str
    email: str
    name: str | None
    account_id: str | None
    created_at: datetime


class InvitationView(Struct, frozen=True, kw_only=True):
    """An open invitation; the invited person needs its `id` to accept it."""

    id: str
    email: str
    created_at: datetime


class MembersView(Struct, frozen=True, kw_only=True):
    members: list[MemberView]


class InvitationsView(Struct, frozen=True, kw_only=True):
    invitations: list[InvitationView]


@get("/members", opt={"needs": "account", "scope": "team:read"})
async def list_members(caller: GivenCaller, accounts: Given[AccountHandlers]) -> MembersView:
    """List the members of your team."""
    return MembersView(members=[view(member, MemberView) for member in await accounts.teams.members(caller)])


@post("/members", opt={"needs": "account", "scope": "team:write", "creates": True})
async def add_member(data: JSONBody[AddMember], caller: GivenCaller, accounts: Given[AccountHandlers]) -> MemberView:
    """Add a member to your team; the member's account then shares your plan."""
    return view(await accounts.teams.add(caller, data.email.lower(), data.name), MemberView)


@delete("/members/{member_id:str}", opt={"needs": "account", "scope": "team:write"})
async def remove_member(member_id: MemberId, caller: GivenCaller, accounts: Given[AccountHandlers]) -> None:
    """Remove a member from your team."""
    await accounts.teams.remove(caller, member_id)


@get("/invitations", opt={"needs": "account", "scope": "team:read"})
async def list_invitations(caller: GivenCaller, accounts: Given[AccountHandlers]) -> InvitationsView:
    """List the open invitations of your team."""
    found = await accounts.teams.invitations(caller)
    return InvitationsView(invitations=[view(invitation, InvitationView) for invitation in found])


@post("/invitations", opt={"needs": "account", "scope": "team:write", "creates": True})
async def invite(data: JSONBody[Invite], caller: GivenCaller, accounts: Given[AccountHandlers]) -> InvitationView:
    """Invite a person to your team; the account with that e-mail address accepts with the id of the invitation."""
    return view(await accounts.teams.invite(caller, data.email.lower()), InvitationView)


@post("/invitations/{invitation_id:str}/accept", status_code=204, opt={"needs": "account", "scope": "*"})
async def accept_invitation(invitation_id: InvitationId, caller: GivenCaller, accounts: Given[AccountHandlers]) -> None:
    """Accept an invitation that was made out to your e-mail address, and join the team."""
    await accounts.teams.accept(caller, invitation_id)


@delete("/invitations/{invitation_id:str}", opt={"needs": "account", "scope": "team:write"})
async def withdraw_invitation(
    invitation_id: InvitationId, caller: GivenCaller, accounts: Given[AccountHandlers]
) -> None:
    """Withdraw an invitation."""
    await accounts.teams.remove(caller, invitation_id, "invited")


@post("/leave", status_code=204, opt={"needs": "account", "scope": "*"})
async def leave_team(caller: GivenCaller, accounts: Given[AccountHandlers]) -> None:
    """Leave the team whose plan your account shares."""
    await accounts.teams.leave(caller)
