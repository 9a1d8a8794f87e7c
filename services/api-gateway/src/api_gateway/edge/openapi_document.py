"""Completes the OpenAPI document that Litestar generates: errors, credentials, headers, examples, webhooks.

Pure functions, called by edge.openapi with the generated document and the facts of every route.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_type_hints

import msgspec

from api_gateway.edge.openapi_samples import sample
from mayfly.webhooks import bodies

_Json = dict[str, Any]
_ERROR = {"$ref": "#/components/schemas/ErrorBody"}
_MEANINGS = {
    400: ("bad_request", "The request is malformed; the message names the field"),
    401: ("unauthorized", "Credentials are missing or invalid"),
    403: ("forbidden", "The credentials or the plan do not allow this call"),
    404: ("not_found", "The object does not exist, or it belongs to another account"),
    409: (
        "conflict",
        "In use, or not possible in this state; or the idempotency key belongs to a different or unfinished request",
    ),
    413: ("payload_too_large", "The request body exceeds the size limit"),
    415: ("unsupported_media_type", "The request body has a `Content-Encoding`; send it uncompressed"),
    429: ("rate_limit_exceeded", "A rate limit or quota is exceeded; try again after `Retry-After` seconds"),
    503: ("service_unavailable", "Temporarily unavailable; try again after `Retry-After` seconds"),
}
_RATE_HEADERS = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "X-Request-ID")
_HEADERS: _Json = {
    "X-RateLimit-Limit": ("integer", "Calls per day; for plans without a daily quota, the size of the token bucket"),
    "X-RateLimit-Remaining": ("integer", "Calls left before the limit applies"),
    "X-RateLimit-Reset": ("integer", "Time when the limit is fully restored, in epoch seconds"),
    "X-Request-ID": ("string", "Id of this request in the logs"),
    "Retry-After": ("integer", "Seconds to wait before trying again"),
    "X-Next-Cursor": ("string", "Value of `cursor` for the next page; absent on the last page"),
    "X-Blocked-Images": ("integer", "How many places of the page had an image of the web and have none"),
    "X-Cursor": ("integer", "Cursor of the last event that the response takes into account; pass it as `after`"),
}
_SCHEMES: _Json = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "API key, session token (JWT) or inbox token"},
    "apiKey": {"type": "apiKey", "in": "header", "name": "X-API-Key", "description": "API key"},
    "operator": {"type": "http", "scheme": "bearer", "description": "Operator token (setting `MAYFLY_ADMIN_TOKEN`)"},
}
_IDEMPOTENCY_KEY: _Json = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Makes retries safe: for 24 hours, the same request with the same key returns the first response. "
    "Without credentials, only if the key holds a random UUID (version 4 or 7)",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200},
}

Door = Literal["open", "admitted", "operator", "public"]


@dataclass(frozen=True, slots=True)
class RouteFacts:
    """What the document needs to know of a route. `octets`: media type of the response if it is not JSON.

    `scopes`: those that an API key must have, shown as roles of the credentials (OpenAPI 3.1 section 4.8.30).
    """

    door: Door
    needs_account: bool = False
    scopes: tuple[str, ...] = ()
    creates: bool = False
    octets: str | None = None
    request_body: _Json | None = None


def complete(document: _Json, facts: Mapping[tuple[str, str], RouteFacts]) -> _Json:
    """Complete `document` in place and return it. `facts`: by path and lower-case method."""
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for schema in schemas.values():
        # Litestar generates random ones, different at every start.
        schema.pop("examples", None)
    schemas["ErrorBody"] = _error_schema()
    components["securitySchemes"] = _SCHEMES
    components["responses"] = {code: _error_response(status) for status, (code, _) in _MEANINGS.items()}
    components["responses"]["oauth_error"] = _oauth_error_response()
    components["headers"] = {
        name: {"description": meaning, "schema": {"type": kind}} for name, (kind, meaning) in _HEADERS.items()
    }
    for path, method, operation in operations(document):
        _complete_operation(operation, path, method, facts[path, method])
    for _, _, operation in operations(document):
        _add_examples(operation, schemas)
    document["webhooks"] = _webhooks(schemas)
    return document


def operations(document: _Json) -> Iterator[tuple[str, str, _Json]]:
    """Every operation with its path and method."""
    for path, item in document["paths"].items():
        for method in ("get", "post", "put", "patch", "delete"):
            if method in item:
                yield path, method, item[method]


def _complete_operation(operation: _Json, path: str, method: str, facts: RouteFacts) -> None:
    _complete_request(operation, facts)
    # Litestar's own summary is the name of the handler.
    operation["summary"] = operation["description"].partition("\n")[0]
    responses = operation["responses"]
    if "text/html" not in responses.get("400", {}).get("content", {}):  # the one that Litestar describes
        responses.pop("400", None)
    if facts.octets is not None:
        responses["200"]["content"] = {facts.octets: {"schema": {"type": "string", "format": "binary"}}}
    if facts.door == "admitted":
        for response in responses.values():
            response.setdefault("headers", {}).update(_header_references(_RATE_HEADERS))
    if any(parameter["name"] == "cursor" for parameter in operation.get("parameters", [])):
        responses["200"]["headers"].update(_header_references(("X-Next-Cursor",)))
    if facts.octets == "text/html":
        responses["200"]["headers"].update(_header_references(("X-Blocked-Images",)))
    for status in _statuses(path, method, facts):
        if facts.door == "public":
            responses.setdefault(str(status), {"$ref": "#/components/responses/oauth_error"})
            continue
        responses.setdefault(str(status), {"$ref": f"#/components/responses/{_MEANINGS[status][0]}"})


def _complete_request(operation: _Json, facts: RouteFacts) -> None:
    if facts.door == "admitted":
        operation["security"] = [
            {"bearer": list(facts.scopes)},
            {"apiKey": list(facts.scopes)},
            *([] if facts.needs_account else [{}]),
        ]
    elif facts.door == "operator":
        operation["security"] = [{"operator": []}]
    if facts.creates:
        operation.setdefault("parameters", []).append(_IDEMPOTENCY_KEY)
    if facts.request_body is not None:
        operation["requestBody"] = facts.request_body
    elif "null" in str(operation.get("requestBody", "")):
        operation["requestBody"]["required"] = False


def _statuses(path: str, method: str, facts: RouteFacts) -> list[int]:
    statuses = {
        "open": [503] if path == "/ready" else [],
        "admitted": [400, 401, 403, 404, 429, 503],
        "operator": [400, 401, 404, 503],  # 404 also when the test clock is off
        "public": [400, 401, 404, 429, 503],
    }[facts.door]
    if "{" in path:
        statuses = [*statuses, 404]
    if method != "get":
        statuses = [*statuses, 404, 409, 413, 415]
    return sorted(set(statuses))


def _error_response(status: int) -> _Json:
    code, meaning = _MEANINGS[status]
    example = {"error": code, "message": meaning.split(";")[0].lower()}
    response: _Json = {
        "description": meaning,
        "content": {"application/json": {"schema": _ERROR, "examples": {code: {"value": example}}}},
    }
    names = ("Retry-After", *_RATE_HEADERS) if status in {429, 503} else ("X-Request-ID",)
    response["headers"] = _header_references(names)
    return response


def _oauth_error_response() -> _Json:
    """What the endpoints of the OpenID provider refuse (RFC 6749 section 5.2)."""
    properties = {name: {"type": "string"} for name in ("error", "error_description")}
    schema: _Json = {"type": "object", "required": [*properties], "properties": properties}
    example = {"error": "invalid_grant", "error_description": "the code is unknown, used or expired"}
    content = {"application/json": {"schema": schema, "examples": {"invalid_grant": {"value": example}}}}
    return {"description": "Refused, in the words of OAuth", "content": content}


def _header_references(names: tuple[str, ...]) -> _Json:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _error_schema() -> _Json:
    codes = sorted({code for code, _ in _MEANINGS.values()} | {"gone", "quota_exceeded", "internal_error"})
    return {
        "title": "ErrorBody",
        "type": "object",
        "required": ["error", "message"],
        "description": "Error response: a stable code for programs and a message for people.",
        "properties": {"error": {"type": "string", "examples": codes}, "message": {"type": "string"}},
    }


def _add_examples(operation: _Json, schemas: _Json) -> None:
    contents = [operation.get("requestBody", {}).get("content", {})]
    contents += [response.get("content", {}) for response in operation["responses"].values()]
    for content in contents:
        media = content.get("application/json")
        if media is not None:
            media["examples"] = {"example": {"value": sample(media["schema"], schemas)}}


def _webhooks(schemas: _Json) -> _Json:
    """The webhooks of the format `standard` (Standard Webhooks 1.0), generated from the structs that are sent."""
    references, components = msgspec.json.schema_components(bodies.STANDARD, ref_template="#/components/schemas/{name}")
    schemas |= {name: _described(schema) for name, schema in components.items()}
    return {
        get_args(get_type_hints(body)["type"])[0]: _webhook(body.__doc__ or "", reference, schemas)
        for body, reference in zip(bodies.STANDARD, references, strict=True)
    }


def _described(schema: _Json) -> _Json:
    """The schema with every property but `otp` required: `type` and `timestamp` are always sent despite defaults."""
    return {**schema, "required": sorted({*schema.get("required", []), *(set(schema["properties"]) - {"otp"})})}


def _webhook(summary: str, reference: _Json, schemas: _Json) -> _Json:
    headers = {
        "webhook-id": "Id of the delivery, the same for every attempt",
        "webhook-timestamp": "Time of this attempt, in epoch seconds",
        "webhook-signature": "`v1,` followed by the base64 HMAC-SHA256 of `id.timestamp.body`",
    }
    example = {"example": {"value": sample(reference, schemas)}}
    return {
        "post": {
            "summary": summary,
            "parameters": [
                {"name": name, "in": "header", "required": True, "description": meaning, "schema": {"type": "string"}}
                for name, meaning in headers.items()
            ],
            "requestBody": {
                "required": True,
                "content": {"application/json": {"schema": reference, "examples": example}},
            },
            "responses": {"2XX": {"description": "Delivered; after any other response the delivery is retried"}},
        }
    }
