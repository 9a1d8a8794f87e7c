"""Everything a call can be refused with; entrypoints.http.faults turns each into a status and a body.

PermanentFailure
└── Refusal                 code · status · message for the client
    ├── BadInput            400, names the field
    ├── Unauthorized        401
    ├── Forbidden           403
    │   └── WrongSite       403, an API key used from a domain it is not for
    ├── NotFound            404, also for what belongs to somebody else
    ├── Gone                410
    ├── TooLarge            413
    ├── LimitExceeded       429 rate_limit_exceeded, with Retry-After
    └── QuotaExceeded       429 quota_exceeded, with Retry-After when waiting helps
Conflict (mayfly.failures)          409
TransientFailure (mayfly.failures)  503 with Retry-After
"""

from collections.abc import Mapping

from mayfly.failures import PermanentFailure


class Refusal(PermanentFailure):
    """`reason` is what the client reads as `message`."""

    status = 400
    code = "bad_request"


class BadInput(Refusal):
    """The request is malformed; `field` names the part that is."""

    def __init__(self, reason: str, *, field: str | None = None) -> None:
        super().__init__(f"{field}: {reason}" if field else reason)
        self.field = field


class Unauthorized(Refusal):
    """No credentials where some are needed, or wrong ones."""

    status = 401
    code = "unauthorized"


class Forbidden(Refusal):
    """The credentials are good, but not for this."""

    status = 403
    code = "forbidden"


class WrongSite(Forbidden):
    """The key is restricted to other domains."""

    def __init__(self) -> None:
        super().__init__("API key not authorized for this domain")


class NotFound(Refusal):
    """There is no such thing, or it is not the caller's to know of."""

    status = 404
    code = "not_found"


class Gone(Refusal):
    """It was there and is not any more."""

    status = 410
    code = "gone"


class TooLarge(Refusal):
    """The request body is over its limit."""

    status = 413
    code = "payload_too_large"


class LimitExceeded(Refusal):
    """Too many requests; `retry_after` in seconds, `headers` say where the caller stands."""

    status = 429
    code = "rate_limit_exceeded"

    def __init__(
        self, reason: str, *, retry_after: float | None = None, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(reason)
        self.retry_after = retry_after
        self.headers = headers or {}


class QuotaExceeded(LimitExceeded):
    """A quota of the plan is used up."""

    code = "quota_exceeded"
