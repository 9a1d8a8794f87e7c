"""DustMail's documented calls, examples and limits."""

import json

import pytest

from tests.system.conversation import mail
from tests.system.dialects.speaking import account, answer, bash, deliver, key_of, run

INBOX = ["id", "email", "created_at", "expires_at", "domain"]


@pytest.fixture(scope="module")
def premium(stack):
    with account(stack, "premium") as http:
        yield http


def assert_error(response, status, code, *words):
    body = answer(response, status)
    assert {"success": False, "error": code} == {"success": body["success"], "error": body["error"]}
    assert all(word in body["message"] for word in words), body["message"]


def test_the_documented_curl_example(stack, premium):
    script = """\
curl -X POST https://dustmail.net/api/v1/inbox \\
  -H "Authorization: Bearer dm_live_xxx" \\
  -H "Content-Type: application/json" \\
  -d '{"duration": 30}'
"""
    printed = json.loads(bash(script, {"https://dustmail.net": stack.http_url, "dm_live_xxx": key_of(premium)}))
    assert printed["success"] is True
    assert set(INBOX) == set(printed["data"])


def test_the_documented_node_example(stack, premium):
    script = """\
const res = await fetch('https://dustmail.net/api/v1/inbox', {
  method: 'POST',
  headers: { 'Authorization': `Bearer ${process.env.DUSTMAIL_KEY}`, 'Content-Type': 'application/json' },
  body: JSON.stringify({ duration: 30 }),
});
const inbox = await res.json();
""".replace("https://dustmail.net", stack.http_url)
    shown = script + "console.log(JSON.stringify([res.status, inbox]));"
    status, inbox = json.loads(run("node", "--input-type=module", "-", text=shown, DUSTMAIL_KEY=key_of(premium)))
    assert (201, True) == (status, inbox["success"])
    assert inbox["data"]["email"].endswith("@mayfly.test")


def test_the_documented_python_example(stack, premium, monkeypatch):
    script = """\
import os, requests
r = requests.post(
  'https://dustmail.net/api/v1/inbox',
  headers={'Authorization': f'Bearer {os.environ["DUSTMAIL_KEY"]}'},
  json={'duration': 30},
)
inbox = r.json()
""".replace("https://dustmail.net", stack.http_url)
    monkeypatch.setenv("DUSTMAIL_KEY", key_of(premium))
    names = {}
    exec(script, names)
    assert (201, True) == (names["r"].status_code, names["inbox"]["success"])


def test_creating_answers_the_inbox_and_where_the_account_stands(stack, premium):
    created = answer(premium.post("/api/v1/inbox", json={"duration": 15}), 201)
    assert {"plan": "premium", "available_domains": ["mayfly.test"]}.items() <= created["meta"].items()
    assert created["meta"]["rate_limit"]["limit"] is None
    assert 1 <= created["meta"]["rate_limit"]["used"]
    with account(stack, "free") as free:
        meta = answer(free.post("/api/v1/inbox"), 201)["meta"]
    assert {"limit": 100, "used": 1} == meta["rate_limit"]


def test_username_and_domain_are_for_premium(stack, premium):
    data = answer(premium.post("/api/v1/inbox", json={"username": "Dusty", "domain": "mayfly.test"}), 201)["data"]
    assert ("dusty@mayfly.test", "mayfly.test") == (data["email"], data["domain"])
    with account(stack, "free") as free:
        assert_error(free.post("/api/v1/inbox", json={"username": "mine"}), 403, "forbidden", "hobbyist")
        assert_error(free.post("/api/v1/inbox", json={"domain": "other.test"}), 403, "forbidden", "premium")
    assert_error(premium.post("/api/v1/inbox", json={"username": "dusty"}), 409, "conflict", "dusty@mayfly.test")


def test_polling_gives_both_versions_of_each_mail_newest_first(stack, premium):
    inbox = answer(premium.post("/api/v1/inbox", json={"duration": 5}), 201)["data"]
    rich = mail(inbox["email"], "First", "plain words\n")
    rich.add_alternative("<p>rich words</p>", subtype="html")
    rich.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="bill.pdf")
    deliver(stack, premium, rich)
    deliver(stack, premium, mail(inbox["email"], "Second"))
    data = answer(premium.get(f"/api/v1/inbox/{inbox['id']}"))["data"]
    assert {**inbox, "emails": data["emails"]} == data
    second, first = data["emails"]
    assert ("First", "plain words", "<p>rich words</p>") == tuple(first[n].strip() for n in ("subject", "text", "html"))
    assert ("noreply@example.com", inbox["email"], True) == (first["from"], first["to"], first["has_attachments"])
    assert [{"index": 0, "filename": "bill.pdf", "content_type": "application/pdf", "size": 4}] == first["attachments"]
    assert ("Second", False, []) == (second["subject"], second["has_attachments"], second["attachments"])
    listed = answer(premium.get("/api/v1/inbox"))["data"]
    assert {**inbox, "email_count": 2} == next(entry for entry in listed if entry["id"] == inbox["id"])


def test_the_key_goes_in_either_header(stack, premium):
    headers = {"X-API-Key": key_of(premium)}
    with account(stack, "free") as other:
        del other.headers["Authorization"]
        assert_error(other.get("/api/v1/inbox"), 401, "unauthorized")
        assert answer(other.get("/api/v1/inbox", headers=headers))["success"]
        assert_error(other.get("/api/v1/inbox", headers={"X-API-Key": "dm_live_xxx"}), 401, "unauthorized")


def test_deleting_ends_the_inbox_at_once(premium):
    inbox = answer(premium.post("/api/v1/inbox"), 201)["data"]
    deleted = answer(premium.delete(f"/api/v1/inbox/{inbox['id']}"))
    assert {"success": True, "data": {"id": inbox["id"], "deleted": True}} == deleted
    assert_error(premium.get(f"/api/v1/inbox/{inbox['id']}"), 404, "not_found")
    assert_error(premium.delete(f"/api/v1/inbox/{inbox['id']}"), 404, "not_found")


@pytest.mark.parametrize("body", [{"duration": 0}, {"duration": "30"}, {"duration": 1.5}, {"username": ""}, [], "x"])
def test_bad_input_is_400_in_the_documented_shape(premium, body):
    assert_error(premium.post("/api/v1/inbox", json=body), 400, "bad_request")


def test_a_longer_life_than_the_plan_has_is_403(premium):
    assert_error(premium.post("/api/v1/inbox", json={"duration": 24 * 60 + 1}), 403, "forbidden", "premium")


def test_free_accounts_make_100_calls_a_day_polls_included_and_premium_ones_any_number(stack, premium):
    with account(stack, "free") as free:
        left = [int(free.get("/api/v1/inbox").headers["X-RateLimit-Remaining"]) for _ in range(100)]
        assert list(range(99, -1, -1)) == left
        refused = free.get("/api/v1/inbox")
        # The day's calls are counted together, and refused in each dialect's own shape.
        assert {"error", "message"} == set(answer(free.get("/v1/mailboxes"), 429))
    assert_error(refused, 429, "quota_exceeded", "100")
    assert "0" == refused.headers["X-RateLimit-Remaining"]
    assert 1 <= int(refused.headers["Retry-After"]) <= 86_400
    assert "100" == premium.get("/api/v1/inbox").headers["X-RateLimit-Limit"]  # its bucket: there is no daily quota


def test_the_fourth_active_inbox_of_a_free_account_is_refused_until_one_ends(stack):
    with account(stack, "free") as free:
        ids = [answer(free.post("/api/v1/inbox"), 201)["data"]["id"] for _ in range(3)]
        refused = free.post("/api/v1/inbox")
        assert_error(refused, 429, "quota_exceeded", "3")
        assert "Retry-After" in refused.headers
        answer(free.delete(f"/api/v1/inbox/{ids[0]}"))
        answer(free.post("/api/v1/inbox"), 201)
