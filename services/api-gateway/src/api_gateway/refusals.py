"""Every reason to refuse a call, free of HTTP: a stable code, the field at fault if there is one, and the detail.

Handlers raise them; edge.faults has the one table from codes to statuses, and each dialect writes them in its shape.

PermanentFailure
└── Refusal                 code · field · detail
    ├── BadInput            bad_request: the request is malformed
    ├── Unauthorized        unauthorized: no credentials, or wrong ones
    ├── Forbidden           forbidden: valid credentials that do not allow this
    │   └── WrongSite       an API key used from a site it is not for
    ├── NotFound            not_found: it does not exist, or belongs to another account
    ├── Taken               conflict: a value that must be unique is in use
    ├── InvalidState        conflict: the object is not in a state that allows this
    ├── Gone                gone: it existed and has ended
    ├── TooLarge            payload_too_large
    └── LimitExceeded       rate_limit_exceeded, with the time to wait
        └── QuotaExceeded   quota_exceeded
"""

from collections.abc import Mapping
from typing import ClassVar

from mayfly.failures import PermanentFailure


class Refusal(PermanentFailure):
    """A call that cannot be carried out. `detail` is a sentence for the client; `field` names what is at fault."""

    code: ClassVar[str] = "bad_request"

    def __init__(self, detail: str, *, field: str | None = None) -> None:
        super().__init__(f"{field}: {detail}" if field else detail)
        self.detail = detail
        self.field = field


class BadInput(Refusal):
    """The request is malformed."""


class Unauthorized(Refusal):
    """There are no credentials where some are needed, or they are wrong."""

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


class InvalidState(Refusal):
    """The object exists but is not in a state that allows this call."""

    code = "conflict"


class Gone(Refusal):
    """The object existed and has ended."""

    code = "gone"


class TooLarge(Refusal):
    """The request body is over its limit."""

    code = "payload_too_large"


class LimitExceeded(Refusal):
    """Too many calls. `retry_after`: seconds to wait; `standing`: limit, remaining and reset, by response header."""

    code = "rate_limit_exceeded"

    def __init__(
        self, detail: str, *, retry_after: float | None = None, standing: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.retry_after = retry_after
        self.standing = standing or {}


class QuotaExceeded(LimitExceeded):
    """A quota of the plan is used up."""

    code = "quota_exceeded"
