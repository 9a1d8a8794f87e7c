"""No credential obtains by a call more than it has, over every route there is.

The routes come from the OpenAPI document, so a new one is in the test from its first day. Every restricted key makes all
calls that its scopes allow. What such a call returns must not show mail to a key that may not read, and whatever
credentials it returns must do nothing that the key cannot do, on no other site, and nothing at all after its end.
"""

import re

import pytest

from api_gateway.describe import describe
from api_gateway.edge.caller import SCOPES
from api_gateway.edge.openapi_document import operations
from mayfly.events.facts import new_event_id
from mayfly.store.client import connect as connect_store
from mayfly.store.endpoints import Endpoints

MARK = "only for readers"
SITE = {"Origin": "https://app.example.com"}
CREDENTIALS = re.compile(r"mfy_[0-9a-f]{12}_[0-9a-f]{48}|mfi_[0-9a-f]{40}|eyJ[\w-]+\.[\w-]+\.[\w-]+")
FIXTURE_SECRETS = re.compile(r"whsec_[\w+/=]+")
# A call that waits for a parser, and two that ask the DNS; routes beside them have the same scopes.
LEFT_OUT = {"minutemail_inject_mail", "verify_domain", "minutemail_verify_domain"}
# Whatever its scopes, a key may see whose it is and what is left of the plan; the others take a password or a session.
WITHOUT_SCOPE = {"register", "log_in", "log_out", "get_account", "get_usage"}
CLIENT = {"name": "x", "redirectUris": ["https://your.app/callback"], "providerType": "google"}
QUERIES = {"wait_for_message": "timeout=0", "wait_for_otp": "timeout=0", "prove_none_came": "for=0"}


def _bodies(made):
    """A valid body for every route that needs one."""
    name = new_event_id()
    person, code = {"email": f"{name}@example.com"}, {"code": "mfc_" + "0" * 40}
    hook, ids = {"url": "https://your.app/hook"}, {"ids": [made["address"]]}
    login = {**person, "password": "correct horse battery"}
    return {
        "register": login,
        "log_in": login,
        "change_account": {"password": "correct horse battery"},
        "invite": person,
        "minutemail_create_invitation": person,
        "minutemail_create_member": {"email": f"m{name}@example.com"},
        "accept_invitation": code,
        "minutemail_create_key": {"name": "x"},
        "create_key": {"label": "x"},
        "minutemail_delete_keys": {"owner": "somebody else"},
        "minutemail_set_scopes": {"scopes": ["*"]},
        "change_key": {"scopes": [], "allowed_domains": []},
        "create_inbox": {"webhook_url": hook["url"]},
        "change_inbox": {"webhook_url": hook["url"]},
        "create_space": {"webhook_url": hook["url"]},
        "change_space": {"webhook_url": hook["url"]},
        "put_fault_plan": {"steps": [{"code": 451}]},
        "change_message": {"is_read": False},
        "change_messages": {"ids": [made["message_id"]], "is_read": False},
        "delete_messages": {"ids": ["0"]},
        "create_webhook": hook,
        "change_webhook": hook,
        "ephemask_set_webhook": hook,
        "replay": {"since": "2026-01-01T00:00:00Z"},
        "add_domain": {"name": f"{name}.example.com"},
        "minutemail_create_domain": {"name": f"m{name}.example.com"},
        "minutemail_delete_mailboxes": ids,
        "minutemail_delete_archived_mailboxes": ids,
        "minutemail_delete_mails": ids,
        "minutemail_create_attachment": {"filename": "a.txt", "data": ""},
        "minutemail_delete_attachments": {"ids": ["0"]},
        "minutemail_create_oauth_client": CLIENT,
        "minutemail_create_identity": {"clientId": made["client_id"], "mailboxAddress": made["kept"]},
        "minutemail_update_identity": {"name": "x"},
        "run2mail_create_email": {"type": "random"},
        "ephemask_create_vanity_inbox": {"local_part": f"v{name}"},
    }


def _routes():
    """Method, path, operation id and scopes of every route behind admission; deletions last.

    Before them those that inject mail: no parser takes it here, and `prove_none_came` would wait for that.
    """
    found = []
    for path, method, operation in operations(describe()):
        security = operation.get("security", [{}])[0]
        if "bearer" in security and operation["operationId"] not in LEFT_OUT:
            found.append((method, path, operation["operationId"], set(security["bearer"])))
    return sorted(found, key=lambda route: (route[0] == "delete", "inject" in route[2]))


ROUTES = _routes()


class Estate:
    """All that an account on the plan `team` has: `made` by path parameter, `keys` that the account made."""

    def __init__(self, gateway, owner, made):
        self.gateway, self.owner, self.made = gateway, owner, made

    async def key(self, **wish):
        answer = await self.gateway.http.post("/api/v1/api-keys", json={"label": "x", **wish}, headers=self.owner)
        assert 201 == answer.status_code, answer.text
        return answer.json()

    async def call(self, method, path, name, headers):
        names = {part[1:-1] for part in path.split("/") if part.startswith("{")}
        target = path.format(**{parameter: self.made.get(parameter, "0") for parameter in names})
        target += f"?{QUERIES[name]}" if name in QUERIES else ""
        if name == "inject_message":
            request = {"content": b"Subject: x\r\n\r\n", "headers": {**headers, "Content-Type": "message/rfc822"}}
        else:
            body = _bodies(self.made).get(name)
            request = {"json": body, "headers": headers} if body is not None else {"headers": headers}
        return await self.gateway.ask(method, target, **request)

    async def powers(self, credential, address, headers):
        """What the credential can do: a probe for each right. `address`: an inbox, of a token the one it belongs to."""
        self.made["probe"] = address
        probes = {
            "*": ("get", "/api/v1/api-keys", "list_keys"),
            "mailboxes:read": ("get", "/api/v1/inboxes/{probe}/messages", "list_messages"),
            "mailboxes:write": ("post", "/api/v1/inboxes/{probe}/mark-all-read", "mark_all_read"),
            "domains:read": ("get", "/v1/domains", "minutemail_list_domains"),
            "domains:write": ("delete", "/v1/domains/{none}", "minutemail_delete_domain"),
            "team:read": ("get", "/v1/members", "minutemail_list_members"),
            "team:write": ("delete", "/v1/members/{none}", "minutemail_delete_member"),
            "identities:read": ("get", "/v1/identities", "minutemail_list_identities"),
            "identities:write": ("delete", "/v1/identities/{none}", "minutemail_delete_identity"),
        }
        held = set()
        for right, probe in probes.items():
            answer = await self.call(*probe, {"Authorization": f"Bearer {credential}", **headers})
            if answer.status_code not in {401, 403}:
                held.add(right)
        return held


@pytest.fixture
async def estate(gateway, deliver):
    owner = await gateway.account("team")
    inbox, probe = await gateway.inbox(owner), await gateway.inbox(owner)
    message = await deliver(inbox, subject=MARK, text=MARK, preview=MARK)
    await deliver(probe, subject=MARK, text=MARK, preview=MARK)
    made = {"address": inbox["address"], "kept": probe["address"], "message_id": message.id, "index": "0"}
    made["attachment_id"] = "0"
    for parameter, path, body in (
        ("key_id", "/api/v1/api-keys", {"label": "x", "scopes": ["identities:read"]}),
        ("domain_id", "/api/v1/domains", {"name": f"{new_event_id()}.example.com"}),
        ("member_id", "/v1/members", {"email": "m@example.com"}),
        ("invitation_id", "/api/v1/team/invitations", {"email": "i@example.com"}),
        ("webhook_id", "/api/v1/webhooks", {"url": "https://your.app/hook"}),
        ("space", "/api/v1/spaces", {}),
        ("credentials_id", "/api/v1/spaces/{space}/credentials", {}),
        ("client_id", "/v1/identities/clients", CLIENT),
    ):
        answer = await gateway.http.post(path.format(**made), json=body, headers=owner)
        assert answer.status_code == 201, answer.text
        made[parameter] = answer.json().get("id") or answer.json()["clientId"]
    person = {"clientId": made["client_id"], "mailboxAddress": inbox["address"]}
    made["identity_id"] = (await gateway.http.post("/v1/identities", json=person, headers=owner)).json()["id"]
    return Estate(gateway, owner, made)


async def _harvest(estate, key, held, headers):
    """All credentials that the key gets by the calls that its scopes allow, and the answers by operation id.

    Each credential comes with an inbox that still exists, a token with its own.
    """
    bearer = {"Authorization": f"Bearer {key['plaintext']}", **headers}
    got, answers = {}, {}
    for method, path, name, needed in ROUTES:
        if not (needed <= held or "*" in held) or (name == "log_out" or name.endswith(("revoke_key", "delete_key"))):
            continue
        answer = await estate.call(method, path, name, bearer)
        assert (name, True) == (name, answer.status_code not in {400, 401, 405, 429, 500} or name in WITHOUT_SCOPE)
        for credential in CREDENTIALS.findall(answer.text):
            got[credential] = _inbox_in(answer.json()) if credential.startswith("mfi_") else estate.made["kept"]
        answers[name] = answer
    return got, answers


def _inbox_in(body):
    """The inbox that a token in this response belongs to; nodemailer's test accounts name theirs as `user`."""
    return body["address"] if "address" in body else body["user"].partition("@")[0]


def test_every_route_requires_a_scope_but_these():
    assert WITHOUT_SCOPE == {name for _, _, name, needed in ROUTES if not needed}


async def test_a_key_without_the_scope_is_refused_on_every_route(estate):
    keys = [await estate.key(scopes=[scope]) for scope in ("identities:read", "team:read")]
    assert len(ROUTES) > 90
    for method, path, name, needed in ROUTES:
        if needed:
            key = keys[1] if "identities:read" in needed else keys[0]
            answer = await estate.call(method, path, name, {"X-API-Key": key["plaintext"]})
            assert (name, 403, True) == (name, answer.status_code, min(needed) in answer.text), answer.text


@pytest.mark.parametrize("scope", sorted(SCOPES - {"*"}))
async def test_a_key_with_one_scope_gets_nothing_beyond_it(estate, scope):
    key = await estate.key(scopes=[scope])
    got, answers = await _harvest(estate, key, {scope}, {})
    for name, answer in answers.items():
        if scope != "mailboxes:read":
            assert (name, False) == (name, MARK in answer.text)
        assert (name, []) == (name, FIXTURE_SECRETS.findall(answer.text))
    for credential, address in got.items():
        assert {scope} == await estate.powers(credential, address, {})
    assert bool(got) == (scope == "mailboxes:write")
    if scope == "mailboxes:write":
        for name in ("create_inbox", "create_space"):
            assert (403, True) == (answers[name].status_code, "webhook_url" in answers[name].text)


async def test_a_webhook_of_a_restricted_key_depends_on_it_until_the_owner_answers_for_it(
    estate, mongo_uri, mongo_database
):
    key, hook = await estate.key(expires_in_days=1), {"url": "https://your.app/hook"}
    http, ending, address = estate.gateway.http, {"X-API-Key": key["plaintext"]}, estate.made["address"]
    async with connect_store(mongo_uri, mongo_database, "test") as database:

        async def makers(webhook_id):
            return (await Endpoints(database).get(webhook_id)).made_by

        own = f"/api/v1/webhooks/{estate.made['webhook_id']}"
        made = (await http.post("/api/v1/webhooks", json=hook, headers=ending)).json()["id"]
        changed = await http.patch(f"/api/v1/inboxes/{address}", json={"webhook_url": hook["url"]}, headers=ending)
        assert 200 == changed.status_code
        inbox_id = (await http.get(f"/api/v1/inboxes/{address}", headers=estate.owner)).json()["id"]
        of_inbox = [endpoint.made_by for endpoint in await Endpoints(database).of_inbox(inbox_id)]
        assert [[key["id"]], [key["id"]], []] == [
            await makers(made),
            *of_inbox,
            await makers(estate.made["webhook_id"]),
        ]
        for path, body, headers, expected in (
            (own, {"description": "mine"}, ending, []),
            (own, {"url": "https://other.app/hook"}, ending, [key["id"]]),
            (own, {"enabled": True}, estate.owner, []),
        ):
            assert 200 == (await http.patch(path, json=body, headers=headers)).status_code
            assert (body, expected) == (body, await makers(estate.made["webhook_id"]))


async def test_what_a_key_with_a_site_and_an_end_makes_works_nowhere_else_and_ends_with_it(estate):
    key = await estate.key(allowed_domains=["app.example.com"], expires_in_days=1)
    got, answers = await _harvest(estate, key, {"*"}, SITE)
    beyond = ("change_account", "minutemail_set_scopes", "change_key")
    assert [403, 403, 403] == [answers[name].status_code for name in beyond]
    assert {"mfy_", "mfi_"} <= {credential[:4] for credential in got}
    elsewhere = {"Origin": "https://other.example.com"}
    for credential, address in got.items():
        assert {"mailboxes:read", "mailboxes:write"} <= await estate.powers(credential, address, SITE)
        assert set() == await estate.powers(credential, address, elsewhere)
    revoked = await estate.gateway.http.delete(f"/api/v1/api-keys/{key['id']}", headers=estate.owner)
    assert 204 == revoked.status_code
    for credential, address in got.items():
        assert set() == await estate.powers(credential, address, SITE)
