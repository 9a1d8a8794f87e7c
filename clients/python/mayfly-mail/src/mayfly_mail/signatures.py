"""Checks that a webhook comes from Mayfly, in each of its three formats (docs/webhooks.md)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import time
from collections.abc import Iterable, Mapping
from typing import Any

from mayfly_mail.errors import SignatureMismatch

Pairs = Iterable[tuple[Any, Any]]

_BODY_SIGNATURES = ("x-vaultmail-signature", "x-ephemask-signature")
_NOT_SIGNED = "the webhook was not signed with this secret"


def verify_webhook(
    secret: str,
    headers: Mapping[str, Any] | Pairs,
    body: bytes | str,
    *,
    tolerance: float = 300,
    now: float | None = None,
) -> dict[str, Any]:
    """Check that Mayfly signed a webhook with this secret, and return its body. Raises SignatureMismatch.

    `headers` as any framework has them, in any case, also as pairs of bytes; `body` exactly as it came. `tolerance`:
    the seconds that the timestamp may be off, in the format `standard`; the others have none. While a secret is
    rotated, the old one and the new one are both right. `now`: the time to compare with, in seconds since 1970.

    Example:
        >>> verify_webhook("whsec_c2VjcmV0", headers, b'{"type": "webhook.test"}')["type"]
        'webhook.test'
    """
    octets = body.encode() if isinstance(body, str) else bytes(body)
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    fields = {_text(name).lower(): _text(value) for name, value in pairs}
    secret = secret.strip()  # as a file or a variable may hold it
    if "webhook-signature" in fields:
        _check_standard(secret, fields, octets, tolerance, time.time() if now is None else now)
    elif any(name in fields for name in _BODY_SIGNATURES):
        _check_body(secret, fields, octets)
    else:
        raise SignatureMismatch("the request has no signature of a webhook")
    return _object(octets)


def _check_standard(secret: str, fields: Mapping[str, str], body: bytes, tolerance: float, now: float) -> None:
    """Standard Webhooks 1.0: any of the signatures may be the right one."""
    sent_at = _one(fields, "webhook-timestamp")
    if not (sent_at.isascii() and sent_at.isdigit() and len(sent_at) < 16):  # noqa: PLR2004 - no overflow
        raise SignatureMismatch("webhook-timestamp is no time")
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except (binascii.Error, ValueError):
        raise SignatureMismatch("the secret is not one of the format standard: whsec_ and base64") from None
    signed = b".".join((_one(fields, "webhook-id").encode(), sent_at.encode(), body))
    expected = "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    _require_one(expected, _one(fields, "webhook-signature").split())
    if abs(now - int(sent_at)) > tolerance:
        raise SignatureMismatch(
            f"the webhook was signed {abs(now - int(sent_at)):.0f} s off: more than {tolerance:g} s"
        )


def _check_body(secret: str, fields: Mapping[str, str], body: bytes) -> None:
    """Formats vaultmail and ephemask: a digest of the body; while a secret is rotated, one more by the old one."""
    expected = "sha256=" + hmac.digest(secret.encode(), body, hashlib.sha256).hex()
    names = [name + suffix for name in _BODY_SIGNATURES for suffix in ("", "-previous")]
    _require_one(expected, [_one(fields, name) for name in names if name in fields])


def _require_one(expected: str, given: Iterable[str]) -> None:
    matches = [hmac.compare_digest(expected.encode(), each.encode()) for each in given]
    if not any(matches):
        raise SignatureMismatch(_NOT_SIGNED)


def _one(fields: Mapping[str, str], name: str) -> str:
    value = fields.get(name)
    if value is None:
        raise SignatureMismatch(f"the request has no {name}")
    return value


def _text(value: object) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _object(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise SignatureMismatch("the body is no JSON object")
    return value
