"""Teams: nobody becomes a member but by an own call with a code, and a team's owner has no power over members' keys."""

import asyncio

import pytest

INVITATIONS = "/api/v1/team/invitations"
MEMBERS = "/api/v1/team/members"


async def _invite(gateway, owner, email="colleague@example.com", path=INVITATIONS):
    answer = await gateway.http.post(path, json={"email": email}, headers=owner)
    assert 201 == answer.status_code, answer.text
    return answer.json()


async def _accept(gateway, who, invitation, code=None):
    path = f"{INVITATIONS}/{invitation['id']}/accept"
    return (await gateway.http.post(path, json={"code": code or invitation["code"]}, headers=who)).status_code


async def _get(gateway, who, path):
    answer = await gateway.http.get(path, headers=who)
    assert 200 == answer.status_code, answer.text
    return answer.json()


async def _plan(gateway, who):
    return (await _get(gateway, who, "/api/v1/usage"))["plan"]


async def _id(gateway, who):
    return (await _get(gateway, who, "/api/v1/account"))["id"]


async def _until_plan(gateway, who, plan):
    async with asyncio.timeout(1):
        while plan != await _plan(gateway, who):
            await asyncio.sleep(0.01)


async def _member_of(gateway, owner, plan="pro"):
    member = await gateway.account(plan)
    assert 204 == await _accept(gateway, member, await _invite(gateway, owner))
    return member


@pytest.mark.parametrize("path", [INVITATIONS, "/v1/invitations"])
async def test_an_invitation_changes_nothing_until_the_invited_account_accepts_it_with_the_code(gateway, path):
    owner, member = await gateway.account("team"), await gateway.account("pro", gateway.person)
    invitation = await _invite(gateway, owner, gateway.person.upper(), path)
    assert ("pro", None) == (await _plan(gateway, member), (await _get(gateway, member, "/api/v1/account"))["team_id"])
    assert 404 == await _accept(gateway, member, invitation, "mfc_" + "0" * 40)
    assert 400 == (await gateway.http.post(f"{INVITATIONS}/{invitation['id']}/accept", headers=member)).status_code
    assert "pro" == await _plan(gateway, member)
    assert 204 == await _accept(gateway, member, invitation)
    assert ("team", []) == (await _plan(gateway, member), (await _get(gateway, owner, INVITATIONS))["invitations"])
    [listed] = (await _get(gateway, owner, MEMBERS))["members"]
    assert (gateway.person, await _id(gateway, member)) == (listed["email"], listed["account_id"])


async def test_the_code_is_shown_once(gateway):
    owner = await gateway.account("team")
    code = (await _invite(gateway, owner))["code"]
    for path in (INVITATIONS, MEMBERS, "/v1/invitations", "/v1/members"):
        assert code not in (await gateway.http.get(path, headers=owner)).text


async def test_who_registers_the_invited_address_first_gains_nothing_and_keeps_nobody_out(gateway):
    owner = await gateway.account("team")
    squatter = await gateway.account("free", gateway.person)
    invitation = await _invite(gateway, owner, gateway.person)
    for listing in (INVITATIONS, "/v1/invitations", MEMBERS, "/v1/members"):
        assert gateway.person not in (await gateway.http.get(listing, headers=squatter)).text
    assert 404 == await _accept(gateway, squatter, invitation, "a guess")
    invited = await gateway.account("free")
    assert 204 == await _accept(gateway, invited, invitation)
    assert ("free", "team") == (await _plan(gateway, squatter), await _plan(gateway, invited))


async def test_a_code_lets_in_one_account_however_many_use_it_at_once(gateway, make_gateway):
    other = await make_gateway()
    owner = await gateway.account("team")
    crowd = [await gateway.account("free") for _ in range(6)]
    invitation = await _invite(gateway, owner)
    answers = await asyncio.gather(
        *(_accept(door, who, invitation) for door, who in zip([gateway, other] * 3, crowd, strict=True))
    )
    assert [204, 404, 404, 404, 404, 404] == sorted(answers)
    assert 1 == [await _plan(gateway, who) for who in crowd].count("team")
    assert 1 == len((await _get(gateway, owner, MEMBERS))["members"])


async def test_an_account_that_accepts_two_invitations_at_once_is_in_one_team(gateway):
    owners = [await gateway.account("team") for _ in range(4)]
    member = await gateway.account("free")
    invitations = [await _invite(gateway, owner) for owner in owners]
    answers = await asyncio.gather(*(_accept(gateway, member, invitation) for invitation in invitations))
    assert [204, 409, 409, 409] == sorted(answers)
    # What was refused is not used up.
    assert [0, 1, 1, 1] == sorted([len((await _get(gateway, o, INVITATIONS))["invitations"]) for o in owners])


async def test_a_team_never_ends_up_inside_a_team(gateway):
    one, two = await gateway.account("team"), await gateway.account("team")
    of_one, of_two = await _invite(gateway, one), await _invite(gateway, two)
    assert 409 == await _accept(gateway, one, of_one)
    both = await asyncio.gather(_accept(gateway, two, of_one), _accept(gateway, one, of_two))
    assert [204, 409] == sorted(both)
    member = await gateway.account("free")
    joined, owner = (two, one) if both[0] == 204 else (one, two)
    assert 409 == await _accept(gateway, member, of_two if joined is two else of_one)
    assert 204 == await _accept(gateway, member, await _invite(gateway, owner, "third@example.com"))


async def test_a_withdrawn_invitation_is_accepted_by_nobody(gateway):
    owner = await gateway.account("team")
    invitation = await _invite(gateway, owner)
    assert 204 == (await gateway.http.delete(f"{INVITATIONS}/{invitation['id']}", headers=owner)).status_code
    assert 404 == await _accept(gateway, await gateway.account(), invitation)


async def test_an_address_is_invited_once_and_again_when_the_first_is_withdrawn(gateway):
    owner = await gateway.account("team")
    first = await _invite(gateway, owner)
    again = await gateway.http.post(INVITATIONS, json={"email": "COLLEAGUE@example.com"}, headers=owner)
    assert (409, True) == (again.status_code, "email" in again.json()["message"])
    await gateway.http.delete(f"{INVITATIONS}/{first['id']}", headers=owner)
    assert first["code"] != (await _invite(gateway, owner))["code"]


async def test_a_roster_entry_is_listed_as_given_and_touches_nobody(gateway):
    owner, victim = await gateway.account("team"), await gateway.account("pro", gateway.person)
    entry = {
        "user_id": await _id(gateway, victim),
        "username": "alice",
        "email": gateway.person,
        "status": "SUSPENDED",
    }
    answer = await gateway.http.post("/v1/members", json=entry, headers=owner)
    assert (201, entry) == (answer.status_code, {name: answer.json()[name] for name in entry})
    assert [answer.json()] == (await _get(gateway, owner, "/v1/members"))["members"]
    [listed] = (await _get(gateway, owner, MEMBERS))["members"]
    assert ("alice", None) == (listed["name"], listed["account_id"])
    assert ("pro", None) == (await _plan(gateway, victim), (await _get(gateway, victim, "/api/v1/account"))["team_id"])
    keys = {"content": f'{{"owner": "{entry["user_id"]}"}}', "headers": {**owner, "Content-Type": "application/json"}}
    assert 404 == (await gateway.http.request("DELETE", "/v1/api-keys", **keys)).status_code
    assert 202 == (await gateway.http.delete(f"/v1/members/{answer.json()['id']}", headers=owner)).status_code
    assert "pro" == await _plan(gateway, victim)
    assert 405 == (await gateway.http.post(MEMBERS, json={"email": gateway.person}, headers=owner)).status_code


async def test_an_invitation_takes_the_place_of_a_roster_entry(gateway):
    owner = await gateway.account("team")
    entry = {"email": gateway.person, "status": "ACTIVE"}
    await gateway.http.post("/v1/members", json=entry, headers=owner)
    invitation = await _invite(gateway, owner, gateway.person)
    assert 204 == await _accept(gateway, await gateway.account(), invitation)
    assert 1 == len((await _get(gateway, owner, MEMBERS))["members"])
    assert 409 == (await gateway.http.post("/v1/members", json=entry, headers=owner)).status_code


async def test_an_owner_cannot_touch_the_keys_of_a_member(gateway):
    owner = await gateway.account("team")
    member = await _member_of(gateway, owner)
    [key] = await _get(gateway, member, "/api/v1/api-keys")
    account = await _id(gateway, member)
    for method, path, body in (
        ("DELETE", "/v1/api-keys", {"owner": account}),
        ("DELETE", f"/v1/api-keys/{key['id']}", None),
        ("PUT", f"/v1/api-keys/{key['id']}/scopes", {"scopes": ["team:read"]}),
        ("DELETE", f"/api/v1/api-keys/{key['id']}", None),
    ):
        assert 404 == (await gateway.http.request(method, path, json=body, headers=owner)).status_code
    assert [key["id"]] == [found["id"] for found in await _get(gateway, member, "/api/v1/api-keys")]


async def test_the_own_plan_is_back_when_a_membership_ends_whoever_ends_it(gateway):
    owner = await gateway.account("team")
    leaves, removed, cleared = [await _member_of_other(gateway, owner, n) for n in range(3)]
    assert 204 == (await gateway.http.post("/api/v1/team/leave", headers=leaves)).status_code
    assert 404 == (await gateway.http.post("/api/v1/team/leave", headers=leaves)).status_code
    listed = {found["account_id"]: found["id"] for found in (await _get(gateway, owner, MEMBERS))["members"]}
    path = f"{MEMBERS}/{listed[await _id(gateway, removed)]}"
    assert 204 == (await gateway.http.delete(path, headers=owner)).status_code
    assert 200 == (await gateway.http.delete("/v1/members", headers=owner)).status_code
    for who in (leaves, removed, cleared):
        assert "pro" == await _plan(gateway, who)
        assert 201 == (await gateway.http.post("/api/v1/inboxes", headers=who)).status_code
    assert [] == (await _get(gateway, owner, MEMBERS))["members"]


async def _member_of_other(gateway, owner, number):
    member = await gateway.account("pro")
    assert 204 == await _accept(gateway, member, await _invite(gateway, owner, f"m{number}@example.com"))
    return member


async def test_while_the_owner_is_suspended_members_have_their_own_plan_and_can_leave(gateway, make_gateway):
    other = await make_gateway()
    owner = await gateway.account("team")
    leaver, stayer = [await _member_of_other(gateway, owner, n) for n in range(2)]
    open_one = await _invite(gateway, owner, "late@example.com")
    path = f"/api/v1/admin/accounts/{await _id(gateway, owner)}"
    assert "team" == await _plan(other, stayer)
    await gateway.http.patch(path, json={"suspended": True}, headers=gateway.operator)
    await _until_plan(other, stayer, "pro")
    assert 409 == await _accept(gateway, await gateway.account(), open_one)
    assert 204 == (await gateway.http.post("/api/v1/team/leave", headers=leaver)).status_code
    await gateway.http.patch(path, json={"suspended": False}, headers=gateway.operator)
    await _until_plan(other, stayer, "team")
    assert "pro" == await _plan(other, leaver)
    await gateway.http.patch(path, json={"plan": "free"}, headers=gateway.operator)
    await _until_plan(other, stayer, "pro")


async def test_only_the_owner_of_a_team_invites_and_lists(gateway):
    owner = await gateway.account("team")
    member = await _member_of(gateway, owner)
    for path in (INVITATIONS, "/v1/invitations", "/v1/members"):
        assert 403 == (await gateway.http.post(path, json={"email": "x@example.com"}, headers=member)).status_code
    assert [] == (await _get(gateway, member, MEMBERS))["members"]


async def test_a_plan_without_teams_has_none(gateway):
    answer = await gateway.http.post(INVITATIONS, json={"email": "a@example.com"}, headers=await gateway.account("pro"))
    assert (403, True) == (answer.status_code, "plan team" in answer.json()["message"])
