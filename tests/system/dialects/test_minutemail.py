"""MinuteMail: its own Python SDK, unmodified, and what its document promises beyond it."""

import base64
import smtplib

import pytest
from minutemail import MinuteMailClient
from minutemail.errors import APIError

from tests.system.conversation import mail, new_account, send, until
from tests.system.dialects.speaking import account, answer, client, deliver, fresh_email, key_of

MAILBOX = {
    "id",
    "alias",
    "domain",
    "address",
    "recoverable",
    "tag",
    "owner",
    "messageCount",
    "expiresAt",
    "createdAt",
}


@pytest.fixture(scope="module")
def team(stack):
    with account(stack, "team") as http:
        yield http


@pytest.fixture
def sdk(stack, team):
    with_sdk = MinuteMailClient(key_of(team), base_url=stack.http_url)
    yield with_sdk
    with_sdk.session.close()


def refused(call, *arguments, **words):
    """The status and code of the error that a call of the SDK ends with."""
    with pytest.raises(APIError) as caught:
        call(*arguments, **words)
    return caught.value.status_code, caught.value.error


def test_mailboxes_by_the_sdk(sdk):
    made = sdk.create_mailbox(domain="mayfly.test", expires_in=20, owner="user-1")
    assert MAILBOX == set(made)
    assert made["address"] == f"{made['alias']}@mayfly.test"
    assert made == sdk.get_mailbox(made["id"])
    assert [made] == sdk.list_mailboxes(address=made["address"])["items"]
    assert [made] == sdk.list_mailboxes(owner="user-1")["items"]
    assert [] == sdk.list_mailboxes(address=made["address"], owner="somebody else")["items"]
    assert made in sdk.list_mailboxes()["items"]
    assert sdk.create_mailbox(domain="mayfly.test", no_expiration=True)["expiresAt"] is None
    assert sdk.delete_mailbox(made["id"]) is None
    assert (404, "not_found") == refused(sdk.get_mailbox, made["id"])


def test_deleting_many_is_all_or_nothing(sdk):
    first, second = (sdk.create_mailbox(domain="mayfly.test")["id"] for _ in range(2))
    assert (404, "not_found") == refused(sdk.delete_mailboxes, [first, "no-such-mailbox"])
    assert first == sdk.get_mailbox(first)["id"]
    sdk.delete_mailboxes([first, second])
    assert (404, "not_found") == refused(sdk.get_mailbox, second)


def test_mails_by_the_sdk(sdk):
    mailbox = sdk.create_mailbox(domain="mayfly.test")["id"]
    files = [("hello.txt", b"hello"), ("data.bin", bytes(range(256)))]
    made = sdk.inject_mail(
        mailbox, sender="a@example.com", subject="Injected", body="Text", expires_in=5, attachments=files
    )
    assert (mailbox, "a@example.com", "Injected", "Text", True) == (
        made["mailboxId"],
        made["sender"],
        made["subject"],
        made["body"].strip(),
        made["hasAttachments"],
    )
    assert [("hello.txt", 5), ("data.bin", 256)] == [(a["name"], a["sizeBytes"]) for a in made["attachments"]]
    assert made == sdk.get_mail(mailbox, made["id"])
    assert "Injected" == made["headers"]["Subject"]
    bare = sdk.inject_mail(mailbox, sender="b@example.com")
    listed = sdk.list_mails(mailbox)["items"]
    assert [bare["id"], made["id"]] == [entry["id"] for entry in listed]
    assert listed[1] == {name: value for name, value in made.items() if name != "headers"}
    assert 2 == sdk.get_mailbox(mailbox)["messageCount"]
    assert (404, "not_found") == refused(sdk.delete_mails, mailbox, [made["id"], "no-such-mail"])
    sdk.delete_mails(mailbox, [made["id"]])
    sdk.delete_mail(mailbox, bare["id"])
    assert [] == sdk.list_mails(mailbox)["items"]
    other = sdk.create_mailbox(domain="mayfly.test")["id"]
    moved = sdk.inject_mail(other, sender="c@example.com")["id"]
    assert (404, "not_found") == refused(sdk.get_mail, mailbox, moved)


def test_attachments_by_the_sdk(sdk):
    mailbox = sdk.create_mailbox(domain="mayfly.test")["id"]
    mail_id = sdk.inject_mail(mailbox, sender="a@example.com", attachments=[("one.txt", b"one")])["id"]
    two = sdk.create_attachment(mailbox, mail_id, filename="two.bin", data=b"\x00\xff", content_type="image/png")
    three = sdk.create_attachment(mailbox, mail_id, filename="three.txt", data="drei")
    assert ("two.bin", 2, "image/png") == (two["name"], two["sizeBytes"], two["contentType"])
    listed = sdk.list_attachments(mailbox, mail_id)["items"]
    assert ["one.txt", "two.bin", "three.txt"] == [entry["name"] for entry in listed]
    assert listed == sdk.get_mail(mailbox, mail_id)["attachments"]
    got = sdk.get_attachment(mailbox, mail_id, two["id"])
    assert b"\x00\xff" == base64.b64decode(got["data"])
    sdk.delete_attachment(mailbox, mail_id, two["id"])
    assert (404, "not_found") == refused(sdk.get_attachment, mailbox, mail_id, two["id"])
    assert (404, "not_found") == refused(sdk.delete_attachment, mailbox, mail_id, two["id"])
    sdk.delete_attachments(mailbox, mail_id, [three["id"], "unknown"])
    again = sdk.create_attachment(mailbox, mail_id, filename="four.txt", data="4")
    assert again["id"] not in (two["id"], three["id"])
    assert ["one.txt", "four.txt"] == [a["name"] for a in sdk.get_mail(mailbox, mail_id)["attachments"]]


def test_an_attachment_that_is_not_what_it_says_is_400(team, sdk):
    mailbox = sdk.create_mailbox(domain="mayfly.test")["id"]
    mail_id = sdk.inject_mail(mailbox, sender="a@example.com")["id"]
    path = f"/v1/mailboxes/{mailbox}/mails/{mail_id}/attachments"
    for body in (
        {"filename": "x", "data": "eA==", "sizeBytes": 2},
        {"filename": "x", "data": "not base64!"},
        {"data": "eA=="},
    ):
        assert "bad_request" == answer(team.post(path, json=body), 400)["error"]


def test_any_part_with_a_filename_is_attached_and_only_multipart_is_taken(team, sdk):
    mailbox = sdk.create_mailbox(domain="mayfly.test")["id"]
    path = f"/v1/mailboxes/{mailbox}/mails"
    files = [("a", ("a.txt", b"1")), ("a", ("b.txt", b"2")), ("sender", (None, "a@example.com"))]
    made = answer(team.post(path, files=files), 201)
    assert ["a.txt", "b.txt"] == [a["name"] for a in made["attachments"]]
    answer(team.post(path, json={"sender": "a@example.com"}), 400)
    answer(team.post(path, files=[("subject", (None, "no sender"))]), 400)
    late = [("sender", (None, "a@example.com")), ("expiresIn", (None, "61"))]
    assert "expiresIn" in answer(team.post(path, files=late), 400)["message"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"expiresIn": 0}, "expiresIn"),
        ({"expiresIn": 61}, "expiresIn"),
        ({"expiresIn": 1.5}, "expiresIn"),
        ({"expiresIn": "61m"}, "expiresIn"),
        ({"expiresIn": "1h"}, "expiresIn"),
        ({"expiresIn": 5, "noExpiration": True}, "expiresIn"),
        ({"recoverable": True}, "tag"),
        ({"recoverable": True, "tag": "  "}, "tag"),
        ({"alias": "two words"}, "alias"),
        ({"domain": {"$ne": ""}}, "$ne"),
    ],
)
def test_bad_input_is_400_and_names_the_field(team, body, field):
    error = answer(team.post("/v1/mailboxes", json=body), 400)
    assert "bad_request" == error["error"]
    assert field in error["message"]


@pytest.mark.parametrize("minutes", [30, 10, 60, "20m", 1])
def test_durations_are_minutes(team, minutes):
    made = answer(team.post("/v1/mailboxes", json={"expiresIn": minutes}), 201)
    seconds = (moment(made["expiresAt"]) - moment(made["createdAt"])).total_seconds()
    assert 60 * int(str(minutes).rstrip("m")) == seconds


def moment(text):
    from datetime import datetime

    assert text.endswith("Z")
    return datetime.fromisoformat(text)


def test_a_taken_alias_is_409(team):
    answer(team.post("/v1/mailboxes", json={"alias": "minute"}), 201)
    assert "conflict" == answer(team.post("/v1/mailboxes", json={"alias": "Minute"}), 409)["error"]


def test_a_deleted_recoverable_mailbox_is_archived_and_comes_back_empty(stack, sdk, team):
    made = sdk.create_mailbox(domain="mayfly.test", expires_in=20, recoverable=True, tag=" onboarding ")
    assert (True, "onboarding") == (made["recoverable"], made["tag"])
    sdk.inject_mail(made["id"], sender="a@example.com")
    sdk.delete_mailbox(made["id"])
    assert made["id"] not in [mailbox["id"] for mailbox in sdk.list_mailboxes()["items"]]
    archived = sdk.get_archived_mailbox(made["id"])
    assert {name: made[name] for name in ("id", "alias", "domain", "tag", "owner", "createdAt")} == archived
    assert archived in sdk.list_archived_mailboxes()["items"]
    refuses_mail(stack, made["address"])
    # Its address stays its account's.
    with account(stack, "pro") as other:
        answer(other.post("/v1/mailboxes", json={"alias": made["alias"]}), 409)
        answer(other.get(f"/v1/archived-mailboxes/{made['id']}"), 404)
        answer(other.post(f"/v1/archived-mailboxes/{made['id']}/reactivate"), 404)
    back = sdk.reactivate_archived_mailbox(made["id"], expires_in=10)
    assert (made["address"], 0, True) == (back["address"], back["messageCount"], back["recoverable"])
    assert [] == sdk.list_mails(back["id"])["items"]
    assert (404, "not_found") == refused(sdk.get_archived_mailbox, made["id"])
    deliver(stack, team, mail(back["address"]))
    assert 1 == len(sdk.list_mails(back["id"])["items"])


def refuses_mail(stack, address):
    def told():
        try:
            send(stack, mail(address), address)
        except smtplib.SMTPRecipientsRefused as refusal:
            return refusal.recipients[address][0]
        return None

    assert 550 == until(told)


def test_archived_mailboxes_can_be_deleted(sdk):
    ids = [sdk.create_mailbox(domain="mayfly.test", recoverable=True, tag="x")["id"] for _ in range(3)]
    sdk.delete_mailboxes(ids)
    sdk.delete_archived_mailbox(ids[0])
    assert (404, "not_found") == refused(sdk.delete_archived_mailboxes, [ids[1], ids[0]])
    assert ids[1] == sdk.get_archived_mailbox(ids[1])["id"]
    sdk.delete_archived_mailboxes(ids[1:])
    assert [] == [m for m in sdk.list_archived_mailboxes()["items"] if m["id"] in ids]


def test_at_its_end_a_recoverable_mailbox_is_archived_and_its_mail_destroyed(team, sdk):
    made = sdk.create_mailbox(domain="mayfly.test", expires_in=1, recoverable=True, tag="x")
    mail_id = sdk.inject_mail(made["id"], sender="a@example.com")["id"]
    answer(team.patch(f"/api/v1/inboxes/{made['id']}", json={"ttl_seconds": 1}))
    until(lambda: made["id"] in [mailbox["id"] for mailbox in sdk.list_archived_mailboxes()["items"]])
    assert (404, "not_found") == refused(sdk.get_mailbox, made["id"])
    answer(team.get(f"/api/v1/messages/{mail_id}"), 404)
    assert 0 == sdk.reactivate_archived_mailbox(made["id"])["messageCount"]


def test_free_keeps_five_archived_mailboxes(stack):
    with account(stack, "free") as free:
        wish = {"recoverable": True, "tag": "kept"}
        for _ in range(5):
            made = answer(free.post("/v1/mailboxes", json=wish), 201)
            answer(free.delete(f"/v1/mailboxes/{made['id']}"), 204)
        assert "quota_exceeded" == answer(free.post("/v1/mailboxes", json=wish), 429)["error"]
        answer(free.post("/v1/mailboxes"), 201)


def test_domains_by_the_sdk(sdk):
    made = sdk.create_domain("minute.example")
    assert "minute.example" == made["name"]
    assert made["txt_token"]
    assert made in sdk.list_domains()["domains"]
    found = sdk.verify_domain(made["id"])
    assert (False, False) == (found["txt_verified"], found["mx_verified"])
    assert {"txt_error", "mx_error"} <= set(found)
    assert {"status": "deleted", "id": made["id"]} == sdk.delete_domain(made["id"])
    assert (404, "not_found") == refused(sdk.verify_domain, made["id"])


def test_who_accepts_an_invitation_shares_the_plan_and_its_quotas(stack, sdk, team):
    invitation = sdk.create_invitation(fresh_email())
    with account(stack, "free") as member:
        assert "100" == member.get("/v1/mailboxes").headers["X-RateLimit-Limit"]
        path = f"/api/v1/team/invitations/{invitation['id']}/accept"
        answer(member.post(path, json={"code": invitation["code"]}), 204)
        until(lambda: member.get("/v1/mailboxes").headers["X-RateLimit-Limit"] == "50000")
        counts = [int(http.get("/v1/mailboxes").headers["X-RateLimit-Remaining"]) for http in (team, member, team)]
        assert [counts[0], counts[0] - 1, counts[0] - 2] == counts
        answer(member.post("/v1/members", json={"email": "x@example.com"}), 403)
        # Sharing the plan is not sharing the mail.
        secret = sdk.create_mailbox(domain="mayfly.test")["id"]
        answer(member.get(f"/v1/mailboxes/{secret}"), 404)
        [listed] = sdk.list_members()["members"]
        assert (invitation["id"], "ACTIVE") == (listed["id"], listed["status"])
        assert {"status": "deleted", "id": listed["id"]} == sdk.delete_member(listed["id"])
        until(lambda: member.get("/v1/mailboxes").headers["X-RateLimit-Limit"] == "100")


def test_members_by_the_sdk_are_listed_as_given_and_have_nothing_of_the_plan(stack, sdk):
    email = fresh_email()
    with client(stack, new_account(stack, email, "free")) as person:
        made = sdk.create_member(user_id="user-123", username="alice", email=email, status="ACTIVE")
        given = ("user-123", "alice", email, "ACTIVE")
        assert given == tuple(made[name] for name in ("user_id", "username", "email", "status"))
        assert made in sdk.list_members()["members"]
        assert made == sdk.get_member(made["id"])
        assert (409, "conflict") == refused(
            sdk.create_member, user_id="u", username="a", email=email.upper(), status="ACTIVE"
        )
        assert "100" == person.get("/v1/mailboxes").headers["X-RateLimit-Limit"]
    assert {"status": "deleted", "id": made["id"]} == sdk.delete_member(made["id"])
    sdk.create_member(user_id="u", username="bob", email=fresh_email(), status="ACTIVE")
    assert {"status": "deleted", "count": 1} == sdk.delete_all_members()
    assert [] == sdk.list_members()["members"]


def test_invitations_by_the_sdk(stack, sdk):
    made = sdk.create_invitation("newuser@example.com")
    assert ("newuser@example.com", "PENDING") == (made["email"], made["status"])
    shown = {name: value for name, value in made.items() if name != "code"}
    assert [shown] == sdk.list_invitations()["invitations"]
    assert (409, "conflict") == refused(sdk.create_invitation, "newuser@example.com")
    assert {"status": "deleted", "invitation_id": made["id"]} == sdk.delete_invitation(made["id"])
    assert (404, "not_found") == refused(sdk.delete_invitation, made["id"])
    with account(stack, "pro") as pro:
        assert "team" in answer(pro.post("/v1/invitations", json={"email": "x@example.com"}), 403)["message"]


def test_api_keys_by_the_sdk(stack, sdk):
    made = sdk.create_api_key(name="CI", scopes=["mailboxes:read"], expires_at="2099-01-01T00:00:00Z")
    assert ("CI", ["mailboxes:read"], []) == (made["name"], made["scopes"], made["domains"])
    shown = {name: value for name, value in made.items() if name != "api_key"}
    assert shown in sdk.list_api_keys()["api_keys"]
    with client(stack, made["api_key"]) as narrow:
        answer(narrow.get("/v1/mailboxes"))
        error = answer(narrow.post("/v1/mailboxes"), 403)
        assert ("forbidden", True) == (error["error"], "mailboxes:write" in error["message"])
        for path in ("/v1/domains", "/v1/members", "/v1/api-keys"):
            answer(narrow.get(path), 403)
        updated = sdk.update_api_key_scopes(made["id"], ["domains:read", "mailboxes:write"])
        assert {"status": "updated", "id": made["id"], "scopes": ["domains:read", "mailboxes:write"]} == updated
        until(lambda: narrow.get("/v1/mailboxes").status_code == 403, seconds=2)
        answer(narrow.get("/v1/domains"))
        answer(narrow.post("/v1/mailboxes"), 201)
        assert (400, "bad_request") == refused(sdk.update_api_key_scopes, made["id"], ["mailboxes:all"])
        assert {"status": "deleted", "id": made["id"]} == sdk.delete_api_key(made["id"])
        until(lambda: narrow.get("/v1/domains").status_code == 401, seconds=2)


def test_all_keys_of_an_owner_can_be_revoked_at_once(stack):
    with account(stack, "pro") as http:
        sdk = MinuteMailClient(key_of(http), base_url=stack.http_url)
        owner = sdk.list_api_keys()["api_keys"][0]["owner"]
        sdk.create_api_key(name="second")
        assert (404, "not_found") == refused(sdk.delete_api_keys, "somebody-else")
        assert {"status": "deleted", "deleted": 2} == sdk.delete_api_keys(owner)
        until(lambda: http.get("/v1/mailboxes").status_code == 401, seconds=2)
        sdk.session.close()


CALLBACK = "http://localhost:3000/auth/callback"


def test_oauth_clients_by_the_sdk(sdk):
    made = sdk.create_oauth_client(name="demo-app", redirect_uris=[CALLBACK], provider_type="google")
    assert ("demo-app", [CALLBACK], "google") == (made["name"], made["redirectUris"], made["providerType"])
    shown = {name: value for name, value in made.items() if name != "clientSecret"}
    assert shown == sdk.get_oauth_client(made["clientId"])
    assert shown in sdk.list_oauth_clients()["clients"]
    rotated = sdk.rotate_oauth_client_secret(made["clientId"])
    assert {"clientSecret"} == set(rotated)
    assert rotated["clientSecret"] != made["clientSecret"]
    assert (400, "bad_request") == refused(sdk.create_oauth_client, name="x", redirect_uris=[CALLBACK])
    labelled = sdk.create_oauth_client(name="x", redirect_uris=[CALLBACK], provider_label="Acme")
    assert ("custom", "Acme") == (labelled["providerType"], labelled["providerLabel"])
    for client_id in (made["clientId"], labelled["clientId"]):
        assert sdk.delete_oauth_client(client_id) is None
        assert (404, "not_found") == refused(sdk.get_oauth_client, client_id)


def test_identities_by_the_sdk(sdk):
    client_id = sdk.create_oauth_client(name="x", redirect_uris=[CALLBACK], provider_label="Acme")["clientId"]
    address = sdk.create_mailbox(domain="mayfly.test")["address"]
    made = sdk.create_identity(
        client_id=client_id,
        mailbox_address=address,
        username="ada",
        name="Ada Test",
        avatar_url="https://example.com/ada.png",
        email_verified=False,
        claims={"role": "admin"},
    )
    assert {
        "clientId": client_id,
        "mailboxAddress": address,
        "username": "ada",
        "name": "Ada Test",
        "avatarUrl": "https://example.com/ada.png",
        "emailVerified": False,
        "claims": {"role": "admin"},
        "isActive": True,
    }.items() <= made.items()
    assert made == sdk.get_identity(made["id"])
    assert [made] == sdk.list_identities(client_id=client_id)["identities"]
    assert [made] == sdk.list_identities(mailbox_address=address)["identities"]
    assert made in sdk.list_identities()["identities"]
    changed = sdk.update_identity(made["id"], name="Ada", is_active=False, email_verified=True, claims={"plan": "pro"})
    assert ("Ada", False, True, {"plan": "pro"}) == tuple(
        changed[name] for name in ("name", "isActive", "emailVerified", "claims")
    )
    assert (400, "bad_request") == refused(sdk.update_identity, made["id"], claims={"sub": "x"})
    bare = sdk.create_identity(client_id=client_id, mailbox_address=sdk.create_mailbox(domain="mayfly.test")["address"])
    assert bare["mailboxAddress"].split("@")[0] == bare["username"] == bare["name"]
    assert sdk.delete_identity(made["id"]) is None
    assert (404, "not_found") == refused(sdk.get_identity, made["id"])
    assert (404, "not_found") == refused(sdk.delete_identity, made["id"])
    sdk.delete_oauth_client(client_id)
    assert (404, "not_found") == refused(sdk.get_identity, bare["id"])


def test_identities_have_scopes_of_their_own(stack, sdk):
    reading = sdk.create_api_key(name="reading", scopes=["identities:read"])["api_key"]
    with client(stack, reading) as http:
        answer(http.get("/v1/identities"))
        answer(http.get("/v1/mailboxes"), 403)
        body = {"name": "x", "redirectUris": [CALLBACK], "providerType": "google"}
        assert "identities:write" in answer(http.post("/v1/identities/clients", json=body), 403)["message"]


def test_health_by_the_sdk(sdk):
    assert sdk.health()["ok"]
    assert sdk.ready()["ready"]


@pytest.fixture(scope="module")
def keys_by_domain(stack, team):
    with MinuteMailClient(key_of(team), base_url=stack.http_url).session as session:
        sdk = MinuteMailClient(key_of(team), base_url=stack.http_url, session=session)
        return {
            entry: sdk.create_api_key(name=entry, domains=[entry])["api_key"]
            for entry in ("example.com", "*.example.com", "localhost:3000")
        }


@pytest.mark.parametrize(
    ("entry", "headers", "is_allowed"),
    [
        ("example.com", {"Origin": "https://example.com"}, True),
        ("example.com", {"Origin": "https://EXAMPLE.com"}, True),
        ("example.com", {"Origin": "https://app.example.com"}, False),
        ("example.com", {"Origin": "https://example.com.evil.test"}, False),
        ("*.example.com", {"Origin": "https://app.example.com"}, True),
        ("*.example.com", {"Origin": "https://a.sub.example.com"}, True),
        ("*.example.com", {"Origin": "https://example.com"}, True),
        ("*.example.com", {"Origin": "https://notexample.com"}, False),
        ("localhost:3000", {"Origin": "http://localhost:3000"}, True),
        ("localhost:3000", {"Origin": "http://localhost:3001"}, False),
        ("example.com", {"Referer": "https://example.com/page?x=1"}, True),
        ("example.com", {"Origin": "https://evil.test", "Referer": "https://example.com/"}, False),
        ("example.com", {"Host": "example.com"}, True),
        ("example.com", {}, False),
    ],
)
def test_a_key_works_from_its_own_domains_alone(stack, keys_by_domain, entry, headers, is_allowed):
    with client(stack, keys_by_domain[entry]) as http:
        got = http.get("/v1/mailboxes", headers=headers)
        if is_allowed:
            answer(got)
            return
        assert (403, "API key not authorized for this domain") == (got.status_code, got.text)
        assert got.headers["Content-Type"].startswith("text/plain")
        elsewhere = answer(http.get("/api/v1/inboxes", headers=headers), 403)
        assert {"error": "forbidden", "message": "API key not authorized for this domain"} == elsewhere


@pytest.mark.parametrize(("plan", "limit"), [("free", 100), ("hobbyist", 1_000), ("pro", 10_000), ("team", 50_000)])
def test_the_remaining_calls_count_down_from_the_plans_daily_quota(stack, plan, limit):
    with account(stack, plan) as http:
        left = [int(http.get("/v1/mailboxes").headers["X-RateLimit-Remaining"]) for _ in range(3)]
    assert [limit - 1, limit - 2, limit - 3] == left


def test_beyond_the_burst_it_is_429_until_the_bucket_fills(stack):
    with account(stack, "hobbyist") as http:
        statuses = []
        while not statuses or (statuses[-1] == 200 and len(statuses) < 400):
            got = http.get("/v1/mailboxes")
            statuses.append(got.status_code)
        assert 200 <= statuses.count(200) < 400  # the burst, and what flowed in meanwhile at 2 a second
        assert ("rate_limit_exceeded", "0") == (answer(got, 429)["error"], got.headers["X-RateLimit-Remaining"])
        assert "1" == got.headers["Retry-After"]


def test_errors_have_the_documented_shape(stack):
    with client(stack, "mmak_FKI5IKBJ4FSZJLUFGJ3IMF4A55W2OZW7YMLWD3JI33IVUGDEJXLQ") as http:
        assert {"error", "message"} == set(answer(http.get("/v1/mailboxes"), 401))
    with client(stack) as http:
        assert "unauthorized" == answer(http.get("/v1/mailboxes"), 401)["error"]
        assert "unauthorized" == answer(http.get("/v1/identities/clients"), 401)["error"]
