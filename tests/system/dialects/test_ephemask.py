"""Ephemask's documented calls, examples, limits and webhook."""

import json
import time

import pytest

from tests.system.conversation import mail, send
from tests.system.dialects.speaking import account, answer, bash, client, deliver, key_of
from tests.system.receiving import receiver


@pytest.fixture(scope="module")
def premium(stack):
    with account(stack, "premium") as http:
        yield http


def holder(stack, created):
    """A client with the inbox's token."""
    return client(stack, created["token"])


def test_the_documented_quick_example(stack, premium, tmp_path):
    host = {"https://api.ephemask.com": stack.http_url}
    script = """\
# Create inbox
curl -X POST -H "Authorization: Bearer YOUR_API_KEY" \\
  https://api.ephemask.com/inbox
"""
    created = json.loads(bash(script, {**host, "YOUR_API_KEY": key_of(premium)}))
    assert ["address", "expires_at", "token", "no_ads"] == list(created)
    assert created["no_ads"] is True
    assert 0 < created["expires_at"] - time.time() <= 3600

    address = created["address"]
    bill = mail(address, "Hello")
    bill.add_attachment(b"%PDF-1.7 bill", maintype="application", subtype="pdf", filename="file.pdf")
    deliver(stack, premium, bill)
    mine = {**host, "INBOX_TOKEN": created["token"], "x7k2m9p4@ephemask.com": address}
    script = """\
# Check messages (use inbox token from response)
curl -H "Authorization: Bearer INBOX_TOKEN" \\
  https://api.ephemask.com/inbox/x7k2m9p4@ephemask.com
"""
    inbox = json.loads(bash(script, mine))
    assert ["address", "expires_at", "messages", "no_ads"] == list(inbox)
    (entry,) = inbox["messages"]
    assert ["message_id", "from", "subject", "received_at", "preview"] == list(entry)
    mine["abc123"] = entry["message_id"]
    message = json.loads(
        bash(
            """\
# Read a message
curl -H "Authorization: Bearer INBOX_TOKEN" \\
  https://api.ephemask.com/inbox/x7k2m9p4@ephemask.com/messages/abc123
""",
            mine,
        )
    )
    assert entry.items() <= message.items()
    assert {"body_text", "body_html", "attachments"} <= message.keys()
    bash(
        f"""\
cd {tmp_path}
# Download an attachment
curl -H "Authorization: Bearer INBOX_TOKEN" \\
  https://api.ephemask.com/inbox/x7k2m9p4@ephemask.com/messages/abc123/attachments/0 \\
  -o file.pdf
""",
        mine,
    )
    assert b"%PDF-1.7 bill" == (tmp_path / "file.pdf").read_bytes()


def test_the_token_opens_this_inbox_alone(stack, premium):
    one, other = (answer(premium.post("/inbox"), 201) for _ in range(2))
    with holder(stack, one) as http:
        answer(http.get(f"/inbox/{one['address']}"))
        answer(http.get(f"/inbox/{other['address']}"), 404)
        answer(http.get("/user/me"), 401)
        answer(http.delete(f"/inbox/{one['address']}"), 204)
        answer(http.get(f"/inbox/{one['address']}"), 404)
    with client(stack) as nobody:
        refused = answer(nobody.get(f"/inbox/{other['address']}"), 401)
        assert ["error", "message"] == list(refused)
    answer(premium.get(f"/inbox/{other['address']}"))


def test_a_lifetime_in_minutes_is_for_plans_above_free(stack, premium):
    created = answer(premium.post("/inbox", json={"ttl_minutes": 30}), 201)
    assert 29 * 60 < created["expires_at"] - time.time() <= 30 * 60
    with account(stack, "free") as free:
        refused = answer(free.post("/inbox", json={"ttl_minutes": 30}), 403)
        assert ("forbidden", True) == (refused["error"], "ttl_minutes" in refused["message"])
        created = answer(free.post("/inbox"), 201)
        assert created["no_ads"] is False
        assert answer(free.get(f"/inbox/{created['address']}"))["no_ads"] is False
    answer(premium.post("/inbox", json={"ttl_minutes": 0}), 400)


def test_a_vanity_address_is_premium_and_up(stack, premium):
    wish = {"local_part": "john", "domain": "mayfly.test", "ttl_minutes": 60}
    created = answer(premium.post("/inbox/vanity", json=wish), 201)
    assert "john@mayfly.test" == created["address"]
    taken = answer(premium.post("/inbox/vanity", json=wish), 409)
    assert ["error", "message"] == list(taken)
    answer(premium.post("/inbox/vanity", json={"domain": "mayfly.test"}), 400)
    for plan in ("free", "hobbyist"):
        with account(stack, plan) as http:
            assert "premium" in answer(http.post("/inbox/vanity", json={**wish, "local_part": plan}), 403)["message"]


def test_the_preview_is_the_first_140_characters_and_moments_are_epoch_seconds(stack, premium):
    created = answer(premium.post("/inbox"), 201)
    deliver(stack, premium, mail(created["address"], "Long", "word " * 100))
    with holder(stack, created) as http:
        (entry,) = answer(http.get(f"/inbox/{created['address']}"))["messages"]
    assert len(entry["preview"]) <= 140
    assert ("word " * 100).startswith(entry["preview"].rstrip("…"))
    assert abs(entry["received_at"] - time.time()) < 60
    assert isinstance(entry["received_at"], int)


def test_the_account_and_its_inboxes(stack):
    with account(stack, "premium") as http:
        address = answer(http.post("/inbox"), 201)["address"]
        deliver(stack, http, mail(address))
        (entry,) = answer(http.get("/user/inboxes"))["inboxes"]
        assert {"address", "expires_at", "message_count"} == set(entry)
        assert (address, 1) == (entry["address"], entry["message_count"])
        me = answer(http.get("/user/me"))
    assert ["user_id", "tier", "no_ads", "inbox_count", "created_at"] == list(me)
    assert ("premium", True, 1) == (me["tier"], me["no_ads"], me["inbox_count"])
    assert isinstance(me["created_at"], int)


def test_the_webhook_tells_of_every_mail_as_documented(stack):
    with account(stack, "premium") as http, receiver([500]) as (url, received):
        secret = answer(http.put("/user/webhook", json={"url": url}))["secret"]
        assert {"url": url} == answer(http.get("/user/webhook"))
        addresses = [answer(http.post("/inbox"), 201)["address"] for _ in range(2)]
        for address in addresses:
            send(stack, mail(address, "Hello"), address)
        told = [received.get(timeout=10) for _ in addresses]
        for headers, body in told:
            assert "application/json" == headers["Content-Type"]
            assert ("email.received", "Ephemask-Webhook/1.0") == (headers["X-Ephemask-Event"], headers["User-Agent"])
            script = "printf '%s' '<raw_body_bytes>' | openssl dgst -sha256 -hmac '<your_secret>'"
            digest = bash(script, {"<raw_body_bytes>": body.decode(), "<your_secret>": secret}).split()[-1]
            assert f"sha256={digest}" == headers["X-Ephemask-Signature"]
            payload = json.loads(body)
            assert [
                "event",
                "inbox_address",
                "message_id",
                "from",
                "subject",
                "received_at",
                "attachment_count",
            ] == list(payload)
            assert ("email.received", "noreply@example.com", "Hello", 0) == tuple(
                payload[name] for name in ("event", "from", "subject", "attachment_count")
            )
            assert isinstance(payload["received_at"], int)
        assert set(addresses) == {json.loads(body)["inbox_address"] for _, body in told}
        answer(http.delete("/user/webhook"), 204)
        answer(http.get("/user/webhook"), 404)


def test_a_second_webhook_takes_the_place_of_the_first(stack):
    with account(stack, "premium") as http, receiver([]) as (old, unheard), receiver([]) as (new, heard):
        first = answer(http.put("/user/webhook", json={"url": old}))
        second = answer(http.put("/user/webhook", json={"url": new}))
        assert first["secret"] != second["secret"]
        address = answer(http.post("/inbox"), 201)["address"]
        send(stack, mail(address), address)
        heard.get(timeout=10)
        assert unheard.empty()
        answer(http.put("/user/webhook", json={"url": "http://10.0.0.1/"}), 400)
    with account(stack, "free") as free:
        answer(free.put("/user/webhook", json={"url": new}), 403)


def test_free_has_10_requests_a_minute_and_premium_60(stack):
    with account(stack, "free") as free:
        assert [200] * 10 == [free.get("/user/me").status_code for _ in range(10)]
        refused = free.get("/user/me")
        assert "rate_limit_exceeded" == answer(refused, 429)["error"]
        assert "0" == refused.headers["X-RateLimit-Remaining"]
        assert 1 <= int(refused.headers["Retry-After"]) <= 6
        # The rate is this dialect's own; the calls of the day are the account's.
        assert "89" == free.get("/api/v1/inbox").headers["X-RateLimit-Remaining"]
    with account(stack, "premium") as premium:
        assert [200] * 60 == [premium.get("/user/me").status_code for _ in range(60)]


def test_health_needs_no_credentials(stack):
    with client(stack) as nobody:
        assert "ok" == answer(nobody.get("/health"))["status"]
