"""Routes of MinuteMail for the domains, members, invitations and API keys of an account."""

from litestar import delete, get, post, put
from litestar.params import JSONBody

from api_gateway.accounts import AccountHandlers, Invite, KeyChange, KeyWish, RosterEntry, login_name
from api_gateway.dialects.alike import READ, WRITE
from api_gateway.dialects.minutemail.views import (
    CreateKey,
    CreateMember,
    Ended,
    InvitationView,
    KeyView,
    MemberView,
    NewInvitation,
    NewKey,
    NewScopes,
    OwnerOfKeys,
    Scoped,
)
from api_gateway.domains import AddDomain, DomainDetail, DomainHandlers, VerificationView, domain_detail
from api_gateway.edge.parameters import DomainId, Given, GivenCaller, InvitationId, KeyId, MemberId
from api_gateway.edge.views import view
from api_gateway.refusals import NotFound
from mayfly.records.member import Member

_DOMAINS_READ, _DOMAINS_WRITE = {**READ, "scope": "domains:read"}, {**WRITE, "scope": "domains:write"}
_TEAM_READ, _TEAM_WRITE = {**READ, "scope": "team:read"}, {**WRITE, "scope": "team:write"}
_KEYS = {**WRITE, "scope": "*"}


@get("/v1/domains", opt=_DOMAINS_READ)
async def list_domains(caller: GivenCaller, domains: Given[DomainHandlers]) -> dict[str, list[DomainDetail]]:
    """List your custom domains, verified or not (in `domains`)."""
    return {"domains": [domain_detail(ownership) for ownership in await domains.ownerships_of(caller)]}


@post("/v1/domains", opt={**_DOMAINS_WRITE, "creates": True})
async def create_domain(data: JSONBody[AddDomain], caller: GivenCaller, domains: Given[DomainHandlers]) -> DomainDetail:
    """Add a custom domain. Publish the returned `txt_token` in DNS, then verify the domain."""
    return domain_detail(await domains.begin(caller, data.name))


@post("/v1/domains/{domain_id:str}/verify", status_code=200, opt=_DOMAINS_WRITE)
async def verify_domain(domain_id: DomainId, caller: GivenCaller, domains: Given[DomainHandlers]) -> VerificationView:
    """Check the TXT and MX records of a domain in DNS; Mayfly receives its mail once both are found."""
    return await domains.verify(caller, domain_id)


@delete("/v1/domains/{domain_id:str}", status_code=202, opt=_DOMAINS_WRITE)
async def delete_domain(domain_id: DomainId, caller: GivenCaller, domains: Given[DomainHandlers]) -> Ended:
    """Remove a custom domain; Mayfly stops receiving mail for it, and your mailboxes on it end."""
    await domains.delete(caller, domain_id)
    return Ended(status="deleted", id=domain_id)


@get("/v1/members", opt=_TEAM_READ)
async def list_members(caller: GivenCaller, accounts: Given[AccountHandlers]) -> dict[str, list[MemberView]]:
    """List the members of your team (in `members`)."""
    return {"members": [_member(member) for member in await accounts.teams.members(caller)]}


@post("/v1/members", opt={**_TEAM_WRITE, "creates": True})
async def create_member(
    data: JSONBody[CreateMember], caller: GivenCaller, accounts: Given[AccountHandlers]
) -> MemberView:
    """Add a name to the list of members. It grants nothing: a person joins the team by accepting an invitation."""
    entry = RosterEntry(login_name(data.email), data.user_id, data.username, data.status)
    return _member(await accounts.teams.list_person(caller, entry))


@get("/v1/members/{member_id:str}", opt=_TEAM_READ)
async def get_member(member_id: MemberId, caller: GivenCaller, accounts: Given[AccountHandlers]) -> MemberView:
    """Get a member of your team."""
    return _member(await accounts.teams.member(caller, member_id))


@delete("/v1/members/{member_id:str}", status_code=202, opt=_TEAM_WRITE)
async def delete_member(member_id: MemberId, caller: GivenCaller, accounts: Given[AccountHandlers]) -> Ended:
    """Remove a member from your team."""
    await accounts.teams.remove(caller, member_id)
    return Ended(status="deleted", id=member_id)


@delete("/v1/members", status_code=200, opt=_TEAM_WRITE)
async def delete_all_members(caller: GivenCaller, accounts: Given[AccountHandlers]) -> Ended:
    """Remove every member from your team."""
    return Ended(status="deleted", count=await accounts.teams.remove_all(caller))


@get("/v1/invitations", opt=_TEAM_READ)
async def list_invitations(caller: GivenCaller, accounts: Given[AccountHandlers]) -> dict[str, list[InvitationView]]:
    """List the open invitations of your team (in `invitations`)."""
    found = await accounts.teams.invitations(caller)
    return {"invitations": [view(member, InvitationView, status="PENDING") for member in found]}


@post("/v1/invitations", opt={**_TEAM_WRITE, "creates": True})
async def create_invitation(
    data: JSONBody[Invite], caller: GivenCaller, accounts: Given[AccountHandlers]
) -> NewInvitation:
    """Invite a person to your team. Hand over the id and the `code`; nothing changes until the person accepts."""
    invitation, code = await accounts.teams.invite(caller, login_name(data.email))
    return view(invitation, NewInvitation, status="PENDING", code=code)


@delete("/v1/invitations/{invitation_id:str}", status_code=200, opt=_TEAM_WRITE)
async def delete_invitation(
    invitation_id: InvitationId, caller: GivenCaller, accounts: Given[AccountHandlers]
) -> Ended:
    """Withdraw an invitation."""
    await accounts.teams.remove(caller, invitation_id, "invited")
    return Ended(status="deleted", invitation_id=invitation_id)


@get("/v1/api-keys", opt=_KEYS)
async def list_keys(caller: GivenCaller, accounts: Given[AccountHandlers]) -> dict[str, list[KeyView]]:
    """List your active API keys, newest first (in `api_keys`)."""
    return {"api_keys": [view(key, KeyView) for key in await accounts.keys.of_account(caller.account) if key.is_active]}


@post("/v1/api-keys", opt={**_KEYS, "creates": True})
async def create_key(data: JSONBody[CreateKey], caller: GivenCaller, accounts: Given[AccountHandlers]) -> NewKey:
    """Create an API key. Its text is shown only in this response."""
    wish = KeyWish(data.name, expires_at=data.expires_at, scopes=data.scopes, allowed_domains=data.domains)
    key, text = await accounts.keys.create(caller, wish)
    return view(key, NewKey, api_key=text)


@delete("/v1/api-keys/{key_id:str}", status_code=200, opt=_KEYS)
async def delete_key(key_id: KeyId, caller: GivenCaller, accounts: Given[AccountHandlers]) -> Ended:
    """Revoke an API key permanently, and with a restricted key those that it made."""
    await accounts.keys.revoke(caller.account, key_id)
    return Ended(status="deleted", id=key_id)


@delete("/v1/api-keys", status_code=200, opt=_KEYS)
async def delete_keys(data: JSONBody[OwnerOfKeys], caller: GivenCaller, accounts: Given[AccountHandlers]) -> Ended:
    """Revoke every API key of your account; `owner` must be its id. Keys of other accounts are their own affair."""
    if data.owner != caller.account:
        raise NotFound("no such owner")
    return Ended(status="deleted", deleted=await accounts.keys.revoke_all(caller.account))


@put("/v1/api-keys/{key_id:str}/scopes", opt=_KEYS)
async def set_scopes(
    key_id: KeyId, data: JSONBody[NewScopes], caller: GivenCaller, accounts: Given[AccountHandlers]
) -> Scoped:
    """Replace the scopes of an API key."""
    return view(await accounts.keys.change(caller, key_id, KeyChange(scopes=data.scopes)), Scoped, status="updated")


def _member(member: Member) -> MemberView:
    """A member bears the id of its account, a roster entry whatever its maker gave."""
    if member.account_id is not None:
        return view(member, MemberView, user_id=member.account_id, status="ACTIVE")
    return view(member, MemberView, status=member.user_status or "ACTIVE")
