"""/api/v1/team: members and invitations of a team, whose accounts share the plan of its owner."""

from datetime import datetime
from typing import Annotated

from litestar import delete, get, post
from litestar.params import JSONBody
from msgspec import Meta, Struct

from api_gateway.accounts.handlers import AccountHandlers
from api_gateway.accounts.rules import login_name
from api_gateway.accounts.views import Invite
from api_gateway.edge.parameters import Given, GivenCaller, InvitationId, MemberId
from api_gateway.edge.views import view


class MemberView(Struct, frozen=True, kw_only=True):
    """A member of a team. `account_id` null: an entry of the list alone, which no account belongs to.

    `email`: as the team's owner wrote it.
    """

    id: str
    email: str
    name: str | None
    account_id: str | None
    created_at: datetime
    accepted_at: datetime | None


class InvitationView(Struct, frozen=True, kw_only=True):
    id: str
    email: str
    created_at: datetime
    expires_at: datetime | None


class NewInvitation(InvitationView, frozen=True, kw_only=True):
    """`code`: what the invited person accepts with; shown only in this response. Mayfly sends no mail: hand it over."""

    code: str


class AcceptInvitation(Struct, frozen=True, kw_only=True):
    code: Annotated[str, Meta(max_length=200)]


class MembersView(Struct, frozen=True, kw_only=True):
    members: list[MemberView]


class InvitationsView(Struct, frozen=True, kw_only=True):
    invitations: list[InvitationView]


@get("/members", opt={"needs": "account", "scope": "team:read"})
async def list_members(caller: GivenCaller, accounts: Given[AccountHandlers]) -> MembersView:
    """List the members of your team."""
    return MembersView(members=[view(member, MemberView) for member in await accounts.teams.members(caller)])


@delete("/members/{member_id:str}", opt={"needs": "account", "scope": "team:write"})
async def remove_member(member_id: MemberId, caller: GivenCaller, accounts: Given[AccountHandlers]) -> None:
    """Remove a member from your team; the member's own plan applies again."""
    await accounts.teams.remove(caller, member_id)


@get("/invitations", opt={"needs": "account", "scope": "team:read"})
async def list_invitations(caller: GivenCaller, accounts: Given[AccountHandlers]) -> InvitationsView:
    """List the open invitations of your team."""
    found = await accounts.teams.invitations(caller)
    return InvitationsView(invitations=[view(invitation, InvitationView) for invitation in found])


@post("/invitations", opt={"needs": "account", "scope": "team:write", "creates": True})
async def invite(data: JSONBody[Invite], caller: GivenCaller, accounts: Given[AccountHandlers]) -> NewInvitation:
    """Invite a person to your team. Hand over the id and the `code`; nothing changes until the person accepts."""
    invitation, code = await accounts.teams.invite(caller, login_name(data.email))
    return view(invitation, NewInvitation, code=code)


@post("/invitations/{invitation_id:str}/accept", status_code=204, opt={"needs": "account", "scope": "*"})
async def accept_invitation(
    invitation_id: InvitationId,
    data: JSONBody[AcceptInvitation],
    caller: GivenCaller,
    accounts: Given[AccountHandlers],
) -> None:
    """Accept an invitation with its code: your account shares the plan and the limits of the team's owner.

    The code is valid once, for 7 days. Your inboxes, keys and webhooks stay yours alone, and so does your own plan,
    which applies again when you leave.
    """
    await accounts.teams.accept(caller, invitation_id, data.code)


@delete("/invitations/{invitation_id:str}", opt={"needs": "account", "scope": "team:write"})
async def withdraw_invitation(
    invitation_id: InvitationId, caller: GivenCaller, accounts: Given[AccountHandlers]
) -> None:
    """Withdraw an invitation."""
    await accounts.teams.remove(caller, invitation_id, "invited")


@post("/leave", status_code=204, opt={"needs": "account", "scope": "*"})
async def leave_team(caller: GivenCaller, accounts: Given[AccountHandlers]) -> None:
    """Leave the team whose plan your account shares; your own plan applies again."""
    await accounts.teams.leave(caller)
