"""A webhook as VaultMail documents it, checked with the document's own verify function."""

import hashlib
import hmac
import json

import pytest

from tests.system.conversation import Caller, mail, send
from tests.system.receiving import receiver


def verify(secret: str, raw_body: bytes, signature_header: str) -> bool:
    expected = "sha256=" + hmac.new(secret.encode(), raw_body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected, signature_header)


def test_a_stored_mail_is_announced_and_the_signature_verifies(stack):
    with receiver([]) as (url, received), Caller(stack, stack.api_key) as caller:
        inbox = caller.inbox(webhook_url=url)
        assert 48 == len(inbox["webhook_secret"])
        send(stack, mail(inbox["address"], "Confirm"), inbox["address"])
        headers, body = received.get(timeout=10)
        (message,) = caller.messages(inbox["address"])
    assert verify(inbox["webhook_secret"], body, headers["X-VaultMail-Signature"])
    assert ("message.received", "1") == (headers["X-VaultMail-Event"], headers["X-VaultMail-Attempt"])
    assert "application/json" == headers["Content-Type"]
    payload = json.loads(body)
    assert ("message.received", inbox["address"], "Confirm", True, 0, message["id"]) == (
        payload["event"],
        payload["address"],
        payload["subject"],
        payload["has_otp"],
        payload["attachment_count"],
        payload["id"],
    )


def test_a_failed_attempt_is_made_again_with_the_same_body(stack):
    with receiver([500]) as (url, received), Caller(stack, stack.api_key) as caller:
        inbox = caller.inbox(webhook_url=url)
        send(stack, mail(inbox["address"]), inbox["address"])
        first, body = received.get(timeout=10)
        second, again = received.get(timeout=15)
    assert ("1", "2") == (first["X-VaultMail-Attempt"], second["X-VaultMail-Attempt"])
    assert body == again
    assert verify(inbox["webhook_secret"], again, second["X-VaultMail-Signature"])


@pytest.mark.parametrize(
    "url", ["http://10.0.0.1/x", "https://169.254.169.254/latest", "ftp://example.com/", "https://u:p@example.com/"]
)
def test_a_webhook_url_that_must_not_be_called_is_400(stack, url):
    with Caller(stack, stack.api_key) as caller:
        assert "webhook_url" in caller.post("/api/v1/inboxes", {"webhook_url": url}, expect=400)["message"]
