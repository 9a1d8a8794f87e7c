"""Cross-origin requests of browsers (CORS; Fetch standard, section 3.2). Called by edge.envelope.

A preflight is always answered with the lists below, also when it asks for something else: the browser then refuses the
call itself, and names the origin, method or header at fault to the developer. After an error status it would not.
"""

import re
from collections.abc import Iterable, MutableMapping, Sequence
from typing import Any

Header = tuple[bytes, bytes]

_METHODS = b"DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT"
_REQUEST_HEADERS = (
    b"accept, authorization, cache-control, content-type, idempotency-key, last-event-id, x-api-key, x-request-id, "
    b"x-requested-with"
)
_RESPONSE_HEADERS = (
    b"content-disposition, link, retry-after, x-cursor, x-next-cursor, x-ratelimit-limit, x-ratelimit-remaining, "
    b"x-ratelimit-reset, x-request-id"
)
_REMEMBERED_SECONDS = b"600"


class Cors:
    """`origins`: those that may call the API; `*` in one stands for any characters. Empty: none."""

    def __init__(self, origins: Sequence[str]) -> None:
        patterns = [re.escape(origin.lower()).replace(r"\*", ".*") for origin in origins]
        self._allowed = re.compile("|".join(patterns).encode()) if patterns else None

    def is_preflight(self, scope: MutableMapping[str, Any]) -> bool:
        """Whether a browser asks for permission; OPTIONS without these headers is an ordinary request."""
        return (
            self._allowed is not None
            and scope["method"] == "OPTIONS"
            and {b"origin", b"access-control-request-method"} <= {name for name, _ in scope["headers"]}
        )

    def preflight_headers(self, headers: Iterable[Header]) -> list[Header]:
        """The headers of the answer to a preflight; an origin that is not allowed gets no permission."""
        given = self.headers(headers)
        if len(given) == 1:
            return given
        return [
            *given[:2],
            (b"access-control-allow-methods", _METHODS),
            (b"access-control-allow-headers", _REQUEST_HEADERS),
            (b"access-control-max-age", _REMEMBERED_SECONDS),
        ]

    def headers(self, headers: Iterable[Header]) -> list[Header]:
        """The headers to add to every other response; `headers`: those of the request."""
        if self._allowed is None:
            return []
        # Also without an Origin: a cache must not give that response to a browser that sends one.
        vary = (b"vary", b"Origin")
        origin = next((value for name, value in headers if name == b"origin"), None)
        if origin is None or not self._allowed.fullmatch(origin.lower()):
            return [vary]
        return [vary, (b"access-control-allow-origin", origin), (b"access-control-expose-headers", _RESPONSE_HEADERS)]
