"""Turns exceptions into HTTP error responses: `{"error": code, "message": text}` on native paths.

`fault_of` maps any exception of a route to a `Fault`; `answer_with` writes it in the shape of the request's path,
native or that of a dialect. Litestar calls the exception handler that `answer_with` returns.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from math import ceil
from typing import Any

import structlog
from litestar import Request, Response
from litestar.enums import MediaType
from litestar.exceptions import HTTPException, ValidationException
from msgspec import Struct

from api_gateway.edge.idempotent_calls import Replayed
from api_gateway.edge.query import declared_names
from api_gateway.refusals import LimitExceeded, Refusal, Unauthorized, UnsupportedEncoding, WrongSite
from mayfly.failures import Conflict, PermanentFailure, TransientFailure

_log = structlog.get_logger()
STATUSES = {
    "bad_request": 400,
    "unauthorized": 401,
    "forbidden": 403,
    "not_found": 404,
    "method_not_allowed": 405,
    "request_timeout": 408,
    "conflict": 409,
    "reserved": 409,
    "gone": 410,
    "payload_too_large": 413,
    "unsupported_media_type": 415,
    "rate_limit_exceeded": 429,
    "quota_exceeded": 429,
    "internal_error": 500,
    "service_unavailable": 503,
}
"""Every code with its status."""
_CODES_OF_FRAMEWORK = {
    400: "bad_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    409: "conflict",
    413: "payload_too_large",
    415: "unsupported_media_type",
}
_RETRY_SECONDS = 1


class ErrorBody(Struct, frozen=True):
    """The body of a native error: a stable code for programs and a message for people."""

    error: str
    message: str


@dataclass(frozen=True, slots=True)
class Problem:
    """One error of a request, with the name of the field at fault if there is one."""

    detail: str
    field: str | None = None

    def __str__(self) -> str:
        return f"{self.field}: {self.detail}" if self.field else self.detail


@dataclass(frozen=True, slots=True)
class Fault:
    """An error response before it is written. `wrong_site`: the API key is not authorized for the calling site."""

    status: int
    code: str
    problems: tuple[Problem, ...]
    headers: Mapping[str, str] = field(default_factory=dict)
    wrong_site: bool = False

    @property
    def message(self) -> str:
        return "; ".join(map(str, self.problems))

    def naming(self, fields: Mapping[str, str]) -> "Fault":
        """The same fault in the field names of a dialect."""
        problems = tuple(replace(p, field=fields.get(p.field, p.field)) if p.field else p for p in self.problems)
        return replace(self, problems=problems)


Shape = Callable[[Fault], Response[Any]]
"""Writes a fault as a response, in the native shape or that of a dialect."""


def native_shape(fault: Fault) -> Response[Any]:
    return Response(
        ErrorBody(fault.code, fault.message),
        status_code=fault.status,
        headers=dict(fault.headers),
        media_type=MediaType.JSON,
    )


def answer_with(shape_of: Callable[[str], Shape]) -> Callable[[Request[Any, Any, Any], Exception], Response[Any]]:
    """Return an exception handler that writes errors in the shape of their path."""

    def answer(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
        if isinstance(error, Replayed):
            return _again(error)
        fault = fault_of(error)
        if isinstance(error, ValidationException):
            fault = fault.naming(declared_names(request))  # Litestar names the argument of the route
        return shape_of(request.url.path)(fault)

    return answer


def _again(replayed: Replayed) -> Response[Any]:
    response, headers = replayed.response, {"Idempotency-Replayed": "true"}
    return Response(response.body, status_code=response.status, headers=headers, media_type=MediaType.JSON)


def fault_of(error: Exception) -> Fault:  # noqa: PLR0911 - a table, one line a failure
    """Map any exception of a route to a fault whose message contains no internals."""
    match error:
        case Refusal():
            problem = Problem(error.detail, error.field)
            headers = _headers_of(error)
            return Fault(STATUSES[error.code], error.code, (problem,), headers, isinstance(error, WrongSite))
        case Conflict():
            return _fault("conflict", error.reason)
        case TransientFailure():
            _log.warning("unavailable", reason=error.reason)
            return _fault(
                "service_unavailable", "temporarily unavailable; try again later", _retry_after(error.retry_after)
            )
        case ValidationException():
            return Fault(400, "bad_request", _validation_problems(error))
        case HTTPException() if error.status_code in _CODES_OF_FRAMEWORK:
            problem = Problem(_http_message(error))
            return Fault(error.status_code, _CODES_OF_FRAMEWORK[error.status_code], (problem,), error.headers or {})
        case RecursionError():
            return _fault("bad_request", "the JSON is nested too deeply")
        case PermanentFailure():
            return _fault("bad_request", error.reason)
    _log.error("call_failed", exc_info=error)
    return _fault("internal_error", "internal server error")


def _fault(code: str, detail: str, headers: Mapping[str, str] | None = None) -> Fault:
    return Fault(STATUSES[code], code, (Problem(detail),), headers or {})


def _headers_of(refusal: Refusal) -> dict[str, str]:
    match refusal:
        case LimitExceeded():
            return {**refusal.standing, **_retry_after(refusal.retry_after)}
        case Unauthorized():
            return {"WWW-Authenticate": "Bearer"}
        case UnsupportedEncoding():
            return {"Accept-Encoding": "identity"}  # RFC 9110 section 15.5.16
    return {}


def _retry_after(seconds: float | None) -> dict[str, str]:
    return {"Retry-After": str(max(ceil(seconds or 0), _RETRY_SECONDS))}


def _validation_problems(error: ValidationException) -> tuple[Problem, ...]:
    faults = [fault for fault in error.extra if isinstance(fault, dict)] if isinstance(error.extra, list) else []
    if any(fault.get("message") == "'data'" for fault in faults):
        return (Problem("the request body is missing"),)
    named = tuple(Problem(_clear(str(fault["message"])), fault["key"]) for fault in faults if "key" in fault)
    return named or tuple(Problem(str(fault["message"])) for fault in faults) or (Problem("malformed request"),)


def _clear(message: str) -> str:
    """The message; instead of one of msgspec that does not say what to do, a better one."""
    if message == "Invalid RFC3339 encoded datetime":
        return "must be a time like 2026-05-08T11:30:00Z (RFC 3339); in a URL, write + as %2B"
    return message


def _http_message(error: HTTPException) -> str:
    match error.status_code:
        case 404:
            return "this path does not exist"
        case 405:
            return "this path does not support this method"
        case 413:
            return "the request body is too large"
    if error.__cause__ is not None:
        return "the request body is not valid JSON of the expected type"
    return error.detail
