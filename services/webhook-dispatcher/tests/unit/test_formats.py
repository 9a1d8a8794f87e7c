"""What goes over the wire, held against the documents of those who receive it."""

import base64
import hashlib
import hmac
import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from mayfly.events import facts
from mayfly.webhooks.formats import delivery_id, new_secret
from webhook_dispatcher.domain.formats import WIRES, Sending, payload

MOMENT = datetime(2024, 4, 25, 0, 0, 0, 5000, tzinfo=UTC)
MESSAGE = facts.MessageStored(
    event_id="01a1fbbc-2fea-7cbc-ad8d-b109d94ec018",
    message_id="01a1fbbc-2fea-7cbc-ad8d-b109d94ec019",
    inbox_id="inbox",
    account_id="account",
    address="x7k2m9p4@mayfly.test",
    from_address="sender@example.com",
    subject='Hello "ö"',
    received_at=MOMENT,
    stored_at=MOMENT,
    otp="482193",
    attachment_count=1,
    link_count=2,
    raw_size=3,
)
EXPIRED = facts.InboxExpired("e", "inbox", "account", "x7k2m9p4@mayfly.test", MOMENT, 4, archived=True)
DISABLED = facts.EndpointDisabled(
    "e", "endpoint", "account", "https://example.com/", "the receiver answered 410 Gone", MOMENT
)
TEST = facts.EndpointTestRequested("01a1fbbc-2fea-7cbc-ad8d-b109d94ec018", "endpoint", "account", MOMENT)


def sending(body: bytes, *secrets: str, attempt: int = 1, event_type: str = "message.received") -> Sending:
    return Sending("msg_1", event_type, attempt, MOMENT, body, secrets)


def test_a_standard_body_tells_all_of_a_message_and_its_cursor():
    assert {
        "type": "message.received",
        "timestamp": "2024-04-25T00:00:00.005000Z",
        "data": {
            "inbox": "inbox",
            "address": "x7k2m9p4@mayfly.test",
            "message_id": MESSAGE.message_id,
            "from": "sender@example.com",
            "subject": 'Hello "ö"',
            "received_at": "2024-04-25T00:00:00.005000Z",
            "has_otp": True,
            "otp": "482193",
            "attachment_count": 1,
            "sequence": 77,
        },
    } == json.loads(payload("standard", MESSAGE, 77))


def test_a_message_without_a_code_has_no_otp_field():
    data = json.loads(payload("standard", replace(MESSAGE, otp=""), 1))["data"]
    assert (False, False) == (data["has_otp"], "otp" in data)


@pytest.mark.parametrize(
    ("fact", "kind", "field", "value"),
    [
        (EXPIRED, "inbox.expired", "message_count", 4),
        (DISABLED, "endpoint.disabled", "reason", "the receiver answered 410 Gone"),
        (TEST, "webhook.test", "endpoint", "endpoint"),
    ],
)
def test_the_other_standard_events_name_what_happened(fact, kind, field, value):
    body = json.loads(payload("standard", fact, 5))
    assert (kind, value, 5) == (body["type"], body["data"][field], body["data"]["sequence"])


def test_a_vaultmail_body_has_exactly_the_contracts_fields():
    assert {
        "event": "message.received",
        "id": MESSAGE.message_id,
        "inbox": "inbox",
        "address": "x7k2m9p4@mayfly.test",
        "from": "sender@example.com",
        "subject": 'Hello "ö"',
        "received_at": "2024-04-25T00:00:00.005000Z",
        "has_otp": True,
        "attachment_count": 1,
    } == json.loads(payload("vaultmail", MESSAGE, 1))


def test_an_ephemask_body_has_exactly_the_documented_fields_in_order():
    assert [
        ("event", "email.received"),
        ("inbox_address", "x7k2m9p4@mayfly.test"),
        ("message_id", MESSAGE.message_id),
        ("from", "sender@example.com"),
        ("subject", 'Hello "ö"'),
        ("received_at", 1714003200),
        ("attachment_count", 1),
    ] == list(json.loads(payload("ephemask", MESSAGE, 1)).items())


@pytest.mark.parametrize("form", ["vaultmail", "ephemask"])
def test_a_test_in_a_dialect_has_the_fields_of_a_message(form):
    assert json.loads(payload(form, MESSAGE, 1)).keys() == json.loads(payload(form, TEST, 1)).keys()
    assert "webhook.test" == json.loads(payload(form, TEST, 1))["event"]


@pytest.mark.parametrize("form", ["vaultmail", "ephemask"])
def test_a_dialect_announces_messages_and_tests_only(form):
    assert {"message.received", "webhook.test"} == WIRES[form].announces


def test_a_standard_signature_is_the_one_of_the_specifications_reference_implementations():
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    at = datetime.fromtimestamp(1614265330, UTC)
    given = Sending("msg_p5jXN8AQM9LWM0D4loKWxJek", "x", 1, at, b'{"test": 2432232314}', [secret])
    headers = WIRES["standard"].headers(given)
    assert ("msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330") == (headers["webhook-id"], headers["webhook-timestamp"])
    assert "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=" == headers["webhook-signature"]


def test_after_a_rotation_a_standard_webhook_bears_both_signatures():
    old, new = new_secret("standard"), new_secret("standard")
    alone = [WIRES["standard"].headers(sending(b"{}", secret))["webhook-signature"] for secret in (new, old)]
    assert " ".join(alone) == WIRES["standard"].headers(sending(b"{}", new, old))["webhook-signature"]


@pytest.mark.parametrize(
    ("form", "header"), [("vaultmail", "X-VaultMail-Signature"), ("ephemask", "X-Ephemask-Signature")]
)
def test_a_dialects_signature_is_of_the_raw_body_with_the_secret_as_text(form, header):
    old, new = new_secret(form), new_secret(form)
    headers = WIRES[form].headers(sending(b'{"a":1}', new, old))

    def verify(secret: str, signature: str) -> bool:
        return hmac.compare_digest(
            "sha256=" + hmac.new(secret.encode(), b'{"a":1}', hashlib.sha256).hexdigest(), signature
        )

    assert verify(new, headers[header])
    assert verify(old, headers[header + "-Previous"])
    assert header + "-Previous" not in WIRES[form].headers(sending(b"", new))


def test_vaultmail_names_the_event_and_counts_attempts():
    headers = WIRES["vaultmail"].headers(sending(b"", "s", attempt=3))
    assert ("message.received", "3") == (headers["X-VaultMail-Event"], headers["X-VaultMail-Attempt"])


def test_ephemask_names_its_own_event_and_agent():
    headers = WIRES["ephemask"].headers(sending(b"", "s"))
    assert ("email.received", "Ephemask-Webhook/1.0") == (headers["X-Ephemask-Event"], headers["User-Agent"])


@pytest.mark.parametrize(
    ("form", "attempts", "timeout"), [("standard", 8, 15), ("vaultmail", 4, 5), ("ephemask", 1, 5)]
)
def test_each_format_has_its_documented_number_of_attempts(form, attempts, timeout):
    assert (attempts, timeout) == (1 + len(WIRES[form].retries), WIRES[form].timeout)
    assert (5, 25, 125)[: attempts - 1] == WIRES[form].retries[:3]


def test_secrets_have_their_documented_shape_and_differ():
    assert 48 == len(new_secret("vaultmail")) == len(bytes.fromhex(new_secret("vaultmail"))) * 2
    assert 32 == len(base64.b64decode(new_secret("standard").removeprefix("whsec_")))
    assert new_secret("standard") != new_secret("standard")


def test_a_delivery_id_follows_from_the_event_and_the_endpoint():
    first = delivery_id(MESSAGE.message_id, "one")
    assert first == delivery_id(MESSAGE.message_id, "one")
    assert first != delivery_id(MESSAGE.message_id, "two")
