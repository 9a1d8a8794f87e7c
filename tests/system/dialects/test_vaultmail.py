"""VaultMail's documented snippets beyond its end-to-end example (tests/system/e2e/test_seed_example.py)."""

import base64
import json

import pytest

from tests.system.conversation import mail, send
from tests.system.dialects.speaking import account, answer, client, deliver, run
from tests.system.receiving import receiver

VERIFY_PYTHON = """\
import hmac, hashlib

def verify(secret: str, raw_body: bytes, signature_header: str) -> bool:
    expected = "sha256=" + hmac.new(
        secret.encode(), raw_body, hashlib.sha256
    ).hexdigest()
    return hmac.compare_digest(expected, signature_header)
"""

VERIFY_NODE = """\
import { createHmac, timingSafeEqual } from "node:crypto";

export function verify(secret: string, rawBody: Buffer, header: string) {
  const expected = "sha256=" + createHmac("sha256", secret)
    .update(rawBody).digest("hex");
  return timingSafeEqual(Buffer.from(expected), Buffer.from(header));
}
"""


def verified_by_python(secret, body, signature):
    names = {}
    exec(VERIFY_PYTHON, names)
    return names["verify"](secret, body, signature)


def verified_by_node(secret, body, signature):
    # The document's function is TypeScript; its annotations are what node 20 cannot read.
    script = VERIFY_NODE.replace(": string", "").replace(": Buffer", "")
    given = json.dumps([secret, base64.b64encode(body).decode(), signature])
    script += f"const [s, b, h] = {given};\nconsole.log(verify(s, Buffer.from(b, 'base64'), h));"
    return {"true\n": True, "false\n": False}[run("node", "--input-type=module", "-", text=script)]


@pytest.fixture(scope="module")
def delivery(stack):
    """The secret, headers and body of a webhook that VaultMail's way of making inboxes leads to."""
    with account(stack, "pro") as http, receiver([]) as (url, received):
        wish = {
            "domain": "mayfly.test",
            "local_part": "checkout-tests",
            "label": "CI checkout regression",
            "ttl_seconds": 86400,
            "webhook_url": url,
        }
        inbox = answer(http.post("/api/v1/inboxes", json=wish), 201)
        assert ["id", "address", "label", "webhook_url", "webhook_secret"] == list(inbox)[:5]
        send(stack, mail(inbox["address"], "Confirm your account (code 482193)"), inbox["address"])
        return inbox["webhook_secret"], *received.get(timeout=10)


@pytest.mark.parametrize("verified", [verified_by_python, verified_by_node])
def test_the_documented_verify_functions_accept_a_delivery_and_nothing_else(delivery, verified):
    secret, headers, body = delivery
    signature = headers["X-VaultMail-Signature"]
    assert verified(secret, body, signature)
    assert not verified(secret, body + b" ", signature)
    assert not verified(secret[::-1], body, signature)


def test_the_documented_headers_and_body(delivery):
    _, headers, body = delivery
    assert ("application/json", "message.received", "1") == tuple(
        headers[name] for name in ("Content-Type", "X-VaultMail-Event", "X-VaultMail-Attempt")
    )
    payload = json.loads(body)
    assert ["event", "id", "inbox", "address", "from", "subject", "received_at", "has_otp", "attachment_count"] == list(
        payload
    )


def test_the_documented_calls_on_one_mail(stack):
    with client(stack) as http:
        inbox = answer(http.post("/api/v1/inboxes/generate", json={}), 201)
        address = inbox["address"]
        body = "Your code is 482193\nhttps://example.com/verify?token=abc\nhttps://example.com/help\n"
        deliver(stack, http, mail(address, "Confirm your account (code 482193)", body))
        (entry,) = answer(http.get(f"/api/v1/inboxes/{address}/messages?limit=50"))
        assert (False, True, 2, 0) == tuple(entry[n] for n in ("is_read", "has_otp", "link_count", "attachment_count"))
        message = answer(http.get(f"/api/v1/messages/{entry['id']}"))
        assert ("482193", []) == (message["otp_detected"], message["attachments"])
        raw = http.get(f"/api/v1/messages/{entry['id']}/raw")
        assert "application/rfc822" == raw.headers["Content-Type"]
        assert raw.headers["Content-Disposition"].startswith("attachment")
        links = answer(http.get(f"/api/v1/messages/{entry['id']}/links"))
        assert (entry["id"], 2) == (links["message_id"], links["count"])
        assert [
            {"index": 0, "url": "https://example.com/verify?token=abc"},
            {"index": 1, "url": "https://example.com/help"},
        ] == [{"index": link["index"], "url": link["url"]} for link in links["links"]]
        for path in (f"inboxes/{address}/mark-all-read", f"inboxes/{address}/clear"):
            answer(http.post(f"/api/v1/{path}"), 204)
        assert {"message_count": 0, "unread_count": 0}.items() <= answer(http.get(f"/api/v1/inboxes/{address}")).items()
