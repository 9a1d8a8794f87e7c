"""Exceptions for refused requests: a stable code, a message and optionally the field at fault; no HTTP here.

Handlers raise them; edge.faults maps codes to statuses, and each dialect writes them in its shape.

PermanentFailure
└── Refusal                 code · field · detail
    ├── BadInput            bad_request: the request is malformed
    ├── Unauthorized        unauthorized: credentials are missing or invalid
    ├── Forbidden           forbidden: valid credentials that do not allow this
    │   └── WrongSite       an API key used from a site that it is not authorized for
    ├── NotFound            not_found: it does not exist, or belongs to another account
    ├── Taken               conflict: a value that must be unique is in use
    ├── ReservedName        reserved: a local part that only the operator may have
    ├── InvalidState        conflict: the object is not in a state that allows this
    ├── Gone                gone: it existed and has ended
    ├── TooLarge            payload_too_large
    ├── UnsupportedEncoding unsupported_media_type: the request body is compressed
    ├── RequestTimeout      request_timeout: the request body stopped arriving
    └── LimitExceeded       rate_limit_exceeded, with the time to wait
        └── QuotaExceeded   quota_exceeded
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import ClassVar, TypeVar

from mayfly.failures import Failure, PermanentFailure

T = TypeVar("T")


class Refusal(PermanentFailure):
    """A refused request. `detail`: message for the client; `field`: the field at fault, put before the message."""

    code: ClassVar[str] = "bad_request"

    def __init__(self, detail: str, *, field: str | None = None) -> None:
        super().__init__(f"{field}: {detail}" if field else detail)
        self.detail = detail
        self.field = field


class BadInput(Refusal):
    """The request is malformed."""


class Unauthorized(Refusal):
    """Required credentials are missing, or the credentials are invalid."""

    code = "unauthorized"


class Forbidden(Refusal):
    """The credentials are valid but do not allow this."""

    code = "forbidden"


class WrongSite(Forbidden):
    """The API key is restricted to other sites."""

    def __init__(self) -> None:
        super().__init__("API key not authorized for this domain")


class NotFound(Refusal):
    """The object does not exist, or it belongs to another account."""

    code = "not_found"


class Taken(Refusal):
    """A value that must be unique is in use."""

    code = "conflict"


class ReservedName(Refusal):
    """The local part is reserved on the operator's domains."""

    code = "reserved"


class InvalidState(Refusal):
    """The object exists but is not in a state that allows this call."""

    code = "conflict"


class Gone(Refusal):
    """The object existed and has ended."""

    code = "gone"


class TooLarge(Refusal):
    """The request body is over its limit."""

    code = "payload_too_large"


class UnsupportedEncoding(Refusal):
    """The request body has a Content-Encoding."""

    code = "unsupported_media_type"

    def __init__(self) -> None:
        super().__init__("the body must be sent as it is, not compressed", field="Content-Encoding")


class RequestTimeout(Refusal):
    """The request body stopped arriving."""

    code = "request_timeout"

    def __init__(self) -> None:
        super().__init__("stopped arriving", field="body")


class LimitExceeded(Refusal):
    """A rate limit is exceeded. `retry_after`: seconds to wait; `standing`: the X-RateLimit-* response headers."""

    code = "rate_limit_exceeded"

    def __init__(
        self, detail: str, *, retry_after: float | None = None, standing: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.retry_after = retry_after
        self.standing = standing or {}


class QuotaExceeded(LimitExceeded):
    """A quota of the plan is exhausted."""

    code = "quota_exceeded"


def found(value: T | None, detail: str) -> T:
    """The value of a look-up. Raises NotFound if it is None."""
    if value is None:
        raise NotFound(detail)
    return value


@contextmanager
def refusing(cause: type[Failure], refusal: Refusal) -> Iterator[None]:
    """Raise `refusal` in place of a failure of this kind, such as a Conflict in the store."""
    try:
        yield
    except cause as failure:
        raise refusal from failure


@contextmanager
def rejecting(field: str) -> Iterator[None]:
    """Raise the PermanentFailure of a parser or a rule as BadInput of this field."""
    try:
        yield
    except PermanentFailure as failure:
        raise BadInput(failure.reason, field=field) from failure
