"""The receiver of webhooks, as an HTTP server on this machine."""

import base64
import hashlib
import hmac
import http.client
import json
import time
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest

from pytest_mayfly.receiver import NoDelivery, WebhookReceiver

KEY = b"k" * 24
SECRET = f"whsec_{base64.b64encode(KEY).decode()}"
INBOX = SimpleNamespace(id="01a1", address="ann@mayfly.test")
OTHER = SimpleNamespace(id="01b2", address="bob@mayfly.test")


@pytest.fixture
def receiver():
    made = WebhookReceiver(client=None)
    yield made
    made.close()


def post(receiver, content, *, key=KEY, headers=()):
    """POST a webhook as Mayfly signs it; return the status."""
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    now = str(int(time.time()))
    signature = base64.b64encode(hmac.new(key, f"msg_1.{now}.".encode() + body, hashlib.sha256).digest()).decode()
    signed = {"webhook-id": "msg_1", "webhook-timestamp": now, "webhook-signature": f"v1,{signature}", **dict(headers)}
    connection = http.client.HTTPConnection(urlsplit(receiver.url).netloc, timeout=5)
    try:
        connection.request("POST", "/", body, signed)
        return connection.getresponse().status
    finally:
        connection.close()


def received(inbox, subject):
    data = {"inbox": inbox.id, "address": inbox.address, "subject": subject}
    return {"type": "message.received", "timestamp": "2026-05-08T12:00:00Z", "data": data}


def test_a_wait_returns_the_delivery_of_its_inbox_and_each_one_once(receiver):
    receiver.trust(SECRET)
    posted = [post(receiver, received(inbox, subject)) for inbox, subject in ((OTHER, "a"), (INBOX, "b"), (INBOX, "c"))]

    assert [204, 204, 204] == posted
    assert ["b", "c"] == [receiver.wait_for_delivery(inbox=INBOX, timeout=1).data["subject"] for _ in range(2)]
    assert "a" == receiver.wait_for_delivery("message.received", timeout=1).data["subject"]


def test_a_wrong_signature_is_refused_and_wakes_no_wait(receiver):
    receiver.trust(SECRET)

    assert 400 == post(receiver, received(INBOX, "forged"), key=b"x" * 24)
    with pytest.raises(NoDelivery, match="refused: "):
        receiver.wait_for_delivery(timeout=0)
    assert [] == receiver.deliveries


def test_a_delivery_is_taken_that_any_of_the_secrets_has_signed(receiver):
    receiver.trust(f"whsec_{base64.b64encode(b'o' * 24).decode()}")
    receiver.trust(SECRET)

    assert 204 == post(receiver, received(INBOX, "a"))


def test_attempts_fail_as_often_as_they_are_told_to(receiver):
    receiver.trust(SECRET)
    receiver.answer_with(503, 500)

    assert [503, 500, 204] == [post(receiver, received(INBOX, "again")) for _ in range(3)]
    assert 1 == len(receiver.deliveries)


def test_a_wait_in_vain_says_what_came(receiver):
    receiver.trust(SECRET)
    post(receiver, received(OTHER, "Hi \x1b[2J"))

    with pytest.raises(NoDelivery) as raised:
        receiver.wait_for_delivery("inbox.expired", inbox=INBOX, timeout=0.05)

    assert "no inbox.expired for ann@mayfly.test came within 0.05 s" in str(raised.value)
    assert r"came: message.received bob@mayfly.test 'Hi \x1b[2J'" in str(raised.value)


@pytest.mark.parametrize("length", ["-1", "two", "99999999"])
def test_a_length_that_is_none_is_refused(receiver, length):
    assert 413 == post(receiver, {}, headers=[("content-length", length)])


@pytest.mark.parametrize("body", [b"[]", b"no json", b"\xff", b""])
def test_a_body_that_is_no_event_is_refused_though_it_is_signed(receiver, body):
    receiver.trust(SECRET)

    assert 400 == post(receiver, body)


def test_secrets_are_not_shown(receiver):
    receiver.trust(SECRET)

    assert SECRET not in repr(receiver)
