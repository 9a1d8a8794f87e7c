"""Tenant isolation, over every route there is: a stranger's credentials never find what is somebody else's.

The matrix comes from the OpenAPI document, so a route that is new is in it from its first day.
"""

import pytest

from api_gateway.describe import describe
from api_gateway.edge.openapi_document import operations

# What a valid body is, where one is needed: a stranger must be refused for being one, not for a malformed request.
BODIES = {
    "change_inbox": {"label": "stolen"},
    "change_message": {"is_read": True},
    "change_space": {"name": "stolen"},
    "put_fault_plan": {"steps": [{"code": 451}]},
    "change_webhook": {"description": "stolen"},
    "replay": {"since": "2026-01-01T00:00:00Z"},
    "minutemail_delete_mails": {"ids": ["0"]},
    "minutemail_create_attachment": {"filename": "stolen.txt", "data": ""},
    "minutemail_delete_attachments": {"ids": ["0"]},
    "minutemail_set_scopes": {"scopes": []},
    "change_key": {"label": "stolen", "scopes": [], "allowed_domains": []},
    "minutemail_update_identity": {"name": "stolen"},
    "accept_invitation": {"code": "mfc_" + "0" * 40},
}


CLIENT = {"name": "x", "redirectUris": ["https://your.app/callback"], "providerType": "google"}


def _rows():
    for path, method, operation in operations(describe()):
        if "{" in path and not path.startswith("/api/v1/admin"):
            yield pytest.param(path, method, operation["operationId"], id=f"{method} {path}")


ROWS = list(_rows())


@pytest.fixture(params=["inbox", "space"])
async def others(request, gateway, deliver):
    """Everything that somebody else has, by the name of the path parameter, and that somebody's credentials.

    `address`: an inbox, or a space, which every route of inboxes takes too.
    """
    key = await gateway.account("team")
    space = (await gateway.http.post("/api/v1/spaces", headers=key)).json()
    inbox = await gateway.inbox(key) if request.param == "inbox" else space
    message = await deliver(inbox)
    made = {"address": inbox["address"], "message_id": message.id, "index": "0", "space": space["id"]}
    for parameter, path, body in (
        ("key_id", "/api/v1/api-keys", {"label": "x"}),
        ("domain_id", "/api/v1/domains", {"name": f"{gateway.person.split('@')[0]}.example.com"}),
        ("member_id", "/v1/members", {"email": f"m-{gateway.person}"}),
        ("invitation_id", "/api/v1/team/invitations", {"email": f"i-{gateway.person}"}),
        ("webhook_id", "/api/v1/webhooks", {"url": "https://your.app/hook"}),
        ("credentials_id", "/api/v1/spaces/{space}/credentials", {}),
        ("client_id", "/v1/identities/clients", CLIENT),
    ):
        answer = await gateway.http.post(path.format(**made), json=body, headers=key)
        assert answer.status_code == 201, answer.text
        made[parameter] = answer.json().get("id") or answer.json()["clientId"]
    person = {"clientId": made["client_id"], "mailboxAddress": (await gateway.inbox(key))["address"]}
    identity = await gateway.http.post("/v1/identities", json=person, headers=key)
    made["identity_id"] = identity.json()["id"]
    return made, key


async def test_a_stranger_finds_nothing_on_any_route_that_bears_an_id(gateway, others):
    made, key = others
    stranger = await gateway.account("team")
    bystander = {"Authorization": f"Bearer {(await gateway.inbox())['token']}"}
    space = (await gateway.http.post("/api/v1/spaces", headers=stranger)).json()
    guest = {"Authorization": f"Bearer {space['token']}"}
    unknown = "0196b5b0-0000-7000-8000-000000000000"
    assert len(ROWS) > 30
    for number, row in enumerate(ROWS):
        path, method, operation_id = row.values
        names = {part[1:-1] for part in path.split("/") if part.startswith("{")}
        target = path.format(**{name: made.get(name, unknown) for name in names})
        if operation_id == "inject_message":
            request = {"content": b"Subject: x\r\n\r\n", "headers": {"Content-Type": "message/rfc822"}}
        elif operation_id == "minutemail_inject_mail":
            request = {"files": [("sender", (None, "stranger@example.com"))]}
        else:
            request = {"json": BODIES[operation_id]} if operation_id in BODIES else {}
        for who, expected in ((stranger, {404}), *((who, {401, 404}) for who in (bystander, guest, {}))):
            # From an address for each route, so that no rate of an address is exceeded.
            headers = {**request.get("headers", {}), "X-Forwarded-For": f"10.0.1.{number}", **who}
            answer = await gateway.ask(method, target, **{**request, "headers": headers})
            assert (method, path, True) == (method, path, answer.status_code in expected), answer.text
    # Nothing of it all has come to harm, and its owner finds everything.
    assert 200 == (await gateway.http.get(f"/api/v1/messages/{made['message_id']}", headers=key)).status_code
    shown = (await gateway.http.get(f"/api/v1/inboxes/{made['address']}", headers=key)).json()
    assert (1, None) == (shown["message_count"], shown["label"])


async def test_lists_of_a_stranger_show_nothing_of_others(gateway, others):
    made, _ = others
    stranger = await gateway.account("team")
    lists = ("inboxes", "spaces", "api-keys", "domains", "team/members", "team/invitations", "webhooks", "usage")
    for path in (*(f"/api/v1/{name}" for name in lists), "/v1/identities", "/v1/identities/clients"):
        shown = (await gateway.http.get(path, headers=stranger)).text
        for value in made.values():
            assert value == "0" or value not in shown
