"""An account's own endpoint in the standard format: every event, signed as the specification says."""

import base64
import hashlib
import hmac
import json

from tests.system.conversation import Caller, mail, send, until
from tests.system.receiving import receiver


def verify(secret: str, headers: dict[str, str], raw_body: bytes) -> bool:
    """As docs/webhooks.md prints it."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + raw_body
    expected = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return any(hmac.compare_digest(expected, given) for given in headers["webhook-signature"].split())


def test_an_endpoint_hears_of_its_test_of_a_mail_and_of_the_expiry_and_leaves_a_receipt(stack):
    with receiver([]) as (url, received), Caller(stack, stack.api_key) as caller:
        hook = caller.post("/api/v1/webhooks", {"url": url}, expect=201)
        try:
            asked = caller.post(f"/api/v1/webhooks/{hook['id']}/test", expect=202)
            headers, body = received.get(timeout=10)
            assert ("webhook.test", asked["delivery_id"]) == (json.loads(body)["type"], headers["webhook-id"])

            inbox = caller.inbox(ttl_seconds=4)
            send(stack, mail(inbox["address"], "Confirm"), inbox["address"])
            headers, body = received.get(timeout=10)
            event = json.loads(body)
            assert verify(hook["secret"], headers, body)
            assert ("message.received", inbox["address"], "482193") == (
                event["type"],
                event["data"]["address"],
                event["data"]["otp"],
            )

            logged = f"/api/v1/webhooks/deliveries/{headers['webhook-id']}"
            until(lambda: caller.get(logged)["status"] == "delivered")
            caller.post(f"{logged}/redeliver", expect=202)
            again, same_body = received.get(timeout=10)
            assert (headers["webhook-id"], body) == (again["webhook-id"], same_body)

            headers, body = received.get(timeout=15)
            event = json.loads(body)
            assert verify(hook["secret"], headers, body)
            assert ("inbox.expired", inbox["id"], 1) == (
                event["type"],
                event["data"]["inbox"],
                event["data"]["message_count"],
            )
            assert caller.get(logged)["payload"] is None
            receipt = caller.get(f"/api/v1/receipts/{inbox['id']}")
            assert ("expired", 1) == (receipt["ending"], receipt["message_count"])
        finally:
            caller.delete(f"/api/v1/webhooks/{hook['id']}")
