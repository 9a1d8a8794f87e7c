"""The one place where a failure becomes a status and a body. Natively `{"error": code, "message": text}`.

A dialect brings its own shape for its own paths (`shapes`); code, message and status are the same everywhere.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import ceil
from typing import Any

import structlog
from litestar import Request, Response
from litestar.enums import MediaType
from litestar.exceptions import HTTPException, ValidationException
from msgspec import Struct

from api_gateway.entrypoints.http.admission import Replayed
from api_gateway.errors import LimitExceeded, Refusal, Unauthorized
from mayfly.failures import Conflict, PermanentFailure, TransientFailure

_log = structlog.get_logger()
_CODES = {
    400: "bad_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    405: "bad_request",
    409: "conflict",
    413: "payload_too_large",
    415: "bad_request",
}
_RETRY_SECONDS = 1


class ErrorBody(Struct, frozen=True):
    """Every error: a stable code and a sentence for people."""

    error: str
    message: str


@dataclass(frozen=True, slots=True)
class Fault:
    status: int
    code: str
    message: str
    headers: Mapping[str, str] = field(default_factory=dict)


Shape = Callable[[Fault], Response[Any]]


def native_shape(fault: Fault) -> Response[Any]:
    return Response(
        ErrorBody(fault.code, fault.message),
        status_code=fault.status,
        headers=dict(fault.headers),
        media_type=MediaType.JSON,
    )


def answer_with(shape_of: Callable[[str], Shape]) -> Callable[[Request[Any, Any, Any], Exception], Response[Any]]:
    """An exception handler that gives each path its shape of error."""

    def answer(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
        if isinstance(error, Replayed):
            return _again(error)
        return shape_of(request.url.path)(fault_of(error))

    return answer


def _again(replayed: Replayed) -> Response[Any]:
    body = replayed.answer.body
    headers = {"Idempotency-Replayed": "true"}
    return Response(body, status_code=replayed.answer.status, headers=headers, media_type=MediaType.JSON)


def fault_of(error: Exception) -> Fault:  # noqa: PLR0911 - a table, one line a failure
    """Anything a call can raise, as a status, a code and a message that is safe to show."""
    match error:
        case LimitExceeded():
            headers = {**error.headers, **_retry_after(error.retry_after)}
            return Fault(error.status, error.code, error.reason, headers)
        case Unauthorized():
            return Fault(error.status, error.code, error.reason, {"WWW-Authenticate": "Bearer"})
        case Refusal():
            return Fault(error.status, error.code, error.reason)
        case Conflict():
            return Fault(409, "conflict", error.reason)
        case TransientFailure():
            _log.warning("unavailable", reason=error.reason)
            return Fault(503, "service_unavailable", "try again in a moment", _retry_after(error.retry_after))
        case ValidationException():
            return Fault(400, "bad_request", _validation_message(error))
        case HTTPException() if error.status_code in _CODES:
            return Fault(error.status_code, _CODES[error.status_code], _http_message(error), error.headers or {})
        case RecursionError():
            return Fault(400, "bad_request", "the JSON is nested too deeply")
        case PermanentFailure():
            return Fault(400, "bad_request", error.reason)
    _log.error("call_failed", exc_info=error)
    return Fault(500, "internal_error", "something went wrong on our side")


def _retry_after(seconds: float | None) -> dict[str, str]:
    return {"Retry-After": str(max(ceil(seconds or 0), _RETRY_SECONDS))}


def _validation_message(error: ValidationException) -> str:
    faults = error.extra if isinstance(error.extra, list) else []
    if any(isinstance(fault, dict) and fault.get("message") == "'data'" for fault in faults):
        return "the request body is missing"
    named = [f"{fault['key']}: {fault['message']}" for fault in faults if isinstance(fault, dict) and "key" in fault]
    if named:
        return "; ".join(named)
    return "; ".join(str(fault["message"]) for fault in faults if isinstance(fault, dict)) or "malformed request"


def _http_message(error: HTTPException) -> str:
    match error.status_code:
        case 404:
            return "no such path"
        case 405:
            return "this path does not have that method"
        case 413:
            return "the request body is too large"
    if error.__cause__ is not None:
        return "the request body is not the JSON it should be"
    return error.detail
