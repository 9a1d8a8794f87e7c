"""Run2Mail's documented calls, examples and limits."""

import json
import re

import pytest

from tests.system.conversation import Caller, mail, until
from tests.system.dialects.speaking import account, answer, bash, client, deliver, key_of


@pytest.fixture(scope="module")
def premium(stack):
    with account(stack, "premium") as http:
        yield http


def documented(stack, http, script, **replaced):
    return json.loads(bash(script, {"https://run2mail.com": stack.http_url, "YOUR_API_KEY": key_of(http), **replaced}))


def test_the_documented_examples_in_their_order(stack, premium):
    me = documented(
        stack,
        premium,
        """\
curl -X GET "https://run2mail.com/api/v1/me" \\
  -H "Authorization: Bearer YOUR_API_KEY" \\
  -H "Accept: application/json"
""",
    )
    assert (True, "premium") == (me["success"], me["data"]["plan"])
    created = documented(
        stack,
        premium,
        """\
curl -X POST "https://run2mail.com/api/v1/emails/create" \\
  -H "Authorization: Bearer YOUR_API_KEY" \\
  -H "Accept: application/json" \\
  -H "Content-Type: application/json" \\
  -d '{
    "type": "random"
  }'
""",
    )
    address = created["data"]["email"]
    messages = documented(
        stack,
        premium,
        """\
curl -X GET "https://run2mail.com/api/v1/emails/example@2mail.lol/messages" \\
  -H "Authorization: Bearer YOUR_API_KEY" \\
  -H "Accept: application/json"
""",
        **{"example@2mail.lol": address},
    )
    assert {"success": True, "data": {"email": address, "messages": []}} == messages


def test_me_tells_the_account_and_its_limits(stack):
    with account(stack, "free") as free:
        data = answer(free.get("/api/v1/me"))["data"]
    assert ["id", "email", "plan", "created_at", "limits"] == list(data)
    assert {
        "requests_per_minute": 60,
        "calls_per_day": 100,
        "active_inboxes": 3,
        "creations_per_day": 50,
        "longest_ttl": 3600,
    } == data["limits"]


def test_an_address_of_choice(stack, premium):
    wish = {"type": "custom", "username": "runner", "domain": "mayfly.test"}
    data = answer(premium.post("/api/v1/emails/create", json=wish), 201)["data"]
    assert "runner@mayfly.test" == data["email"]
    assert {"id", "email", "created_at", "expires_at"} == set(data)
    assert data in answer(premium.get("/api/v1/emails"))["data"]
    with account(stack, "free") as free:
        refused = answer(free.post("/api/v1/emails/create", json=wish), 403)
    assert {"success", "error", "message"} == set(refused)
    deleted = answer(premium.delete("/api/v1/emails/runner@mayfly.test"))
    assert {"success": True, "data": {"email": "runner@mayfly.test", "deleted": True}} == deleted


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"type": "odd"}, "type"),
        ({"type": "random", "username": "x"}, "type"),
        ({"type": "custom"}, "username"),
        ({"type": "custom", "username": "a b"}, "username"),
        ({"type": "custom", "username": "x", "domain": "elsewhere.example"}, "domain"),
    ],
)
def test_bad_input_is_400_and_names_the_field(premium, body, field):
    refused = answer(premium.post("/api/v1/emails/create", json=body), 400)
    assert (False, "bad_request") == (refused["success"], refused["error"])
    assert field in refused["message"]


def test_a_message_is_listed_whole(stack, premium):
    address = answer(premium.post("/api/v1/emails/create", json={"type": "random"}), 201)["data"]["email"]
    deliver(stack, premium, mail(address, "Run", "to mail\n"))
    (message,) = answer(premium.get(f"/api/v1/emails/{address}/messages"))["data"]["messages"]
    assert {"id", "from", "subject", "text", "html", "received_at", "has_attachments"} == set(message)
    assert ("noreply@example.com", "Run", False) == (message["from"], message["subject"], message["has_attachments"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", message["received_at"])


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer YOUR_API_KEY"}, {"Authorization": "Basic eA=="}])
def test_a_missing_or_invalid_key_is_401(stack, headers):
    with client(stack, **headers) as stranger:
        refused = answer(stranger.get("/api/v1/me"), 401)
    assert (False, "unauthorized") == (refused["success"], refused["error"])


def test_creations_have_a_limit_of_their_own(stack):
    with account(stack, "free") as free:
        for number in (3,) * 16 + (2,):  # the plan has three at a time
            created = [free.post("/api/v1/emails/create", json={"type": "random"}) for _ in range(number)]
            ids = [answer(response, 201)["data"]["id"] for response in created]
            answer(free.request("DELETE", "/v1/mailboxes", json={"ids": ids}), 204)
        refused = free.post("/api/v1/emails/create", json={"type": "random"})
        assert "creations per day" in answer(refused, 429)["message"]
        assert int(refused.headers["Retry-After"]) >= 1
        answer(free.get("/api/v1/emails"))


def test_while_the_operator_has_it_switched_off_every_call_is_503(stack, premium):
    with Caller(stack, stack.admin_token) as operator:
        operator.http.put("/api/v1/admin/maintenance", json={"enabled": True}).raise_for_status()
        try:
            refused = until(lambda: (found := premium.get("/api/v1/me")).status_code == 503 and found)
            assert (False, "service_unavailable") == (refused.json()["success"], refused.json()["error"])
            assert int(refused.headers["Retry-After"]) >= 1
        finally:
            operator.http.put("/api/v1/admin/maintenance", json={"enabled": False}).raise_for_status()
    until(lambda: premium.get("/api/v1/me").status_code == 200)
