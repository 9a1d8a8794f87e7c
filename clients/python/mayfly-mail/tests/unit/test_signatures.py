"""Signatures of webhooks: the vectors are those of openssl, computed once by hand."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any

import pytest

from mayfly_mail import Mayfly, SignatureMismatch, verify_webhook

SECRET = "whsec_" + base64.b64encode(b"a key of thirty-two octets here!").decode()
BODY = b'{"type":"webhook.test","data":{"endpoint":"e1","sequence":3}}'
NOW = 1_780_000_000


def standard(
    secret: str = SECRET, body: bytes = BODY, at: int = NOW, name: str = "webhook-signature"
) -> dict[str, str]:
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.digest(key, b"msg_1." + str(at).encode() + b"." + body, hashlib.sha256)
    signature = "v1," + base64.b64encode(digest).decode()
    return {"Webhook-Id": "msg_1", "WEBHOOK-TIMESTAMP": str(at), name: signature}


def test_the_example_of_the_specification_is_right() -> None:
    headers = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    assert {"test": 2432232314} == verify_webhook(secret, headers, '{"test": 2432232314}', now=1614265330)


def test_a_signed_webhook_is_read_whatever_the_case_of_its_headers() -> None:
    assert "webhook.test" == verify_webhook(SECRET, standard(), BODY, now=NOW)["type"]
    assert "webhook.test" == Mayfly.verify_webhook(SECRET, standard(), BODY, tolerance=10**12)["type"]


def test_headers_may_be_pairs_of_bytes_and_a_secret_may_end_its_line() -> None:
    pairs = [(name.encode(), value.encode()) for name, value in standard().items()]
    assert verify_webhook(SECRET + "\n", pairs, bytearray(BODY), now=NOW)


def test_each_signature_of_a_rotation_is_enough() -> None:
    both = standard()
    both["webhook-signature"] = "v1,AAAA v1a,zzz " + both["webhook-signature"]
    assert verify_webhook(SECRET, both, BODY, now=NOW)


@pytest.mark.parametrize("kind", ["vaultmail", "ephemask"])
@pytest.mark.parametrize("suffix", ["", "-Previous"])
def test_the_other_formats_sign_the_body_alone(kind: str, suffix: str) -> None:
    digest = hmac.digest(b"plain secret", BODY, hashlib.sha256).hex()
    headers = {f"X-{kind}-Signature": "sha256=00", f"X-{kind}-Signature{suffix}": f"sha256={digest}"}
    assert verify_webhook("plain secret", headers, BODY)
    with pytest.raises(SignatureMismatch):
        verify_webhook("another secret", headers, BODY)


BAD: dict[str, tuple[dict[str, Any], bytes, str]] = {
    "another body": (standard(), BODY + b" ", "not signed with this secret"),
    "another secret": (standard("whsec_" + base64.b64encode(b"x" * 32).decode()), BODY, "not signed"),
    "no signature": ({"Content-Type": "application/json"}, BODY, "no signature"),
    "empty signature": ({**standard(), "webhook-signature": ""}, BODY, "not signed"),
    "signature beyond ASCII": ({**standard(), "webhook-signature": "v1,é"}, BODY, "not signed"),
    "too old": (standard(at=NOW - 301), BODY, "301 s off"),
    "from the future": (standard(at=NOW + 301), BODY, "301 s off"),
    "no timestamp": ({"webhook-id": "1", "webhook-signature": "v1,x"}, BODY, "no webhook-timestamp"),
    "no id": ({"webhook-timestamp": "1", "webhook-signature": "v1,x"}, BODY, "no webhook-id"),
    "timestamp in words": ({**standard(), "WEBHOOK-TIMESTAMP": "now"}, BODY, "no time"),
    "signed, but no JSON": (standard(body=b"x"), b"x", "no JSON object"),
    "signed, but a list": (standard(body=b"[]"), b"[]", "no JSON object"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_mayfly_did_not_sign_is_refused(name: str) -> None:
    headers, body, words = BAD[name]
    with pytest.raises(SignatureMismatch, match=words) as raised:
        verify_webhook(SECRET, headers, body, now=NOW)
    assert SECRET not in str(raised.value)
    assert isinstance(raised.value, ValueError)


def test_a_secret_of_another_kind_is_told_apart_from_a_wrong_signature() -> None:
    with pytest.raises(SignatureMismatch, match="whsec_ and base64"):
        verify_webhook("not base64!", standard(), BODY, now=NOW)
