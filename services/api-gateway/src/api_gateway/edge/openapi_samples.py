"""Generates examples for the OpenAPI document from its schemas, with realistic values for well-known field names."""

from typing import Any

_BY_NAME: dict[str, Any] = {
    "id": "01a1fbb6-b970-7028-a4c8-ab85d80c28f4",
    "address": "checkout-tests@mayfly.test",
    "email": "person@example.com",
    "domain": "mayfly.test",
    "name": "mayfly.test",
    "local_part": "checkout-tests",
    "label": "CI checkout regression",
    "webhook_url": "https://your-app.example/mail-hook",
    "url": "https://example.com/verify?token=abc",
    "from": "noreply@spotify.com",
    "from_address": "noreply@spotify.com",
    "from_name": "Spotify",
    "subject": "Confirm your account (code 482193)",
    "otp": "482193",
    "otp_detected": "482193",
    "code": "482193",
    "plan": "pro",
    "token": "mfi_ff1329a7fc5db5d89314b8631741c61e873a80e8",
    "token_type": "bearer",
    "key_prefix": "4c17b7f5bc77",
    "plaintext": "mfy_4c17b7f5bc77_<48 hex characters>",
    "api_key": "mfy_4c17b7f5bc77_<48 hex characters>",
    "password": "correct horse battery",
    "current_password": "correct horse battery",
    "type": "message.received",
    "day": "2026-05-08",
    "status": "active",
    "kind": "verify",
    "filename": "ticket.pdf",
    "content_type": "application/pdf",
    "body_text": "Your code is 482193.",
    "text_preview": "Your code is 482193.",
    "preview": "Your code is 482193.",
    "txt_token": "mayfly-verify=9f86d081884c7d659a2feaa0c55ad015",
    "scopes": ["mailboxes:read"],
    "allowed_domains": ["*.example.com"],
    "ttl_seconds": 86400,
    "headers": {"From": "noreply@spotify.com", "Subject": "Confirm your account (code 482193)"},
}
_BY_TYPE: dict[str, Any] = {"string": "text", "integer": 1, "number": 0.5, "boolean": True, "null": None}
_MOMENT = "2026-05-08T11:30:00Z"
_DEEPEST = 8


def sample(schema: dict[str, Any], schemas: dict[str, Any], name: str = "", depth: int = 0) -> Any:
    """An example value for `schema`. `schemas`: the components that its references point to, by name."""
    if "$ref" in schema:
        return sample(schemas[schema["$ref"].rpartition("/")[2]], schemas, name, depth + 1)
    for choice in ("const", "enum", "examples"):
        if choice in schema:
            return schema[choice] if choice == "const" else schema[choice][0]
    options = schema.get("oneOf") or schema.get("anyOf")
    if options:
        return sample(next((o for o in options if o.get("type") != "null"), options[0]), schemas, name, depth + 1)
    if schema.get("format") == "date-time":
        return _MOMENT
    if name in _BY_NAME and _fits(_BY_NAME[name], schema):
        return _BY_NAME[name]
    return _by_type(schema, schemas, name, depth)


def _by_type(schema: dict[str, Any], schemas: dict[str, Any], name: str, depth: int) -> Any:
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = next((k for k in kind if k != "null"), "null")
    if depth > _DEEPEST:
        return None
    if kind == "object" or "properties" in schema:
        parts = schema.get("properties", {}).items()
        return {key: sample(part, schemas, key, depth + 1) for key, part in parts}
    if kind == "array":
        if "prefixItems" in schema:
            return [sample(part, schemas, name, depth + 1) for part in schema["prefixItems"]]
        return [sample(schema.get("items", {}), schemas, name, depth + 1)]
    return _BY_TYPE.get(str(kind))


def _fits(value: Any, schema: dict[str, Any]) -> bool:
    kinds = {str: "string", int: "integer", list: "array", dict: "object"}
    wanted = schema.get("type")
    return kinds[type(value)] in (wanted if isinstance(wanted, list) else [wanted])
