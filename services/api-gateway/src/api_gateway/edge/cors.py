"""Cross-origin requests of browsers (CORS; Fetch standard, section 3.2). Called by edge.envelope.

A preflight is always answered with the lists below, also when it asks for something else: the browser then refuses the
call itself, and names the origin, method or header at fault to the developer. After an error status it would not.
"""

from collections.abc import Callable, Iterable, MutableMapping, Sequence
from typing import Any

from api_gateway.edge.hosts import any_of

Header = tuple[bytes, bytes]

_METHODS = b"DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT"
_REQUEST_HEADERS = (
    b"accept, authorization, cache-control, content-type, idempotency-key, last-event-id, x-api-key, x-request-id, "
    b"x-requested-with"
)
_RESPONSE_HEADERS = (
    b"content-disposition, link, retry-after, x-blocked-images, x-cursor, x-next-cursor, x-ratelimit-limit, "
    b"x-ratelimit-remaining, x-ratelimit-reset, x-request-id"
)
_ALLOW, _EXPOSE = b"access-control-allow-origin", b"access-control-expose-headers"
_REMEMBERED_SECONDS = b"600"


class Cors:
    """`origins`: those that may call the API; `*` in one stands for any characters. Empty: none.

    `is_everyones`: whether pages of every origin may call this path.
    """

    def __init__(self, origins: Sequence[str], is_everyones: Callable[[str], bool] = lambda _: False) -> None:
        self._allowed = any_of(origins) if origins else None
        self._is_everyones = is_everyones

    def is_preflight(self, scope: MutableMapping[str, Any]) -> bool:
        """Whether a browser asks for permission; OPTIONS without these headers is an ordinary request."""
        return (
            (self._allowed is not None or self._is_everyones(scope["path"]))
            and scope["method"] == "OPTIONS"
            and {b"origin", b"access-control-request-method"} <= {name for name, _ in scope["headers"]}
        )

    def preflight_headers(self, headers: Iterable[Header], path: str) -> list[Header]:
        """The headers of the answer to a preflight; an origin that is not allowed gets no permission."""
        given = self.headers(headers, path)
        if len(given) == 1:
            return given
        return [
            *(header for header in given if header[0] != _EXPOSE),
            (b"access-control-allow-methods", _METHODS),
            (b"access-control-allow-headers", _REQUEST_HEADERS),
            (b"access-control-max-age", _REMEMBERED_SECONDS),
        ]

    def headers(self, headers: Iterable[Header], path: str = "") -> list[Header]:
        """The headers to add to every other response; `headers`: those of the request."""
        if self._is_everyones(path):
            # Without the browser's own credentials: Mayfly has no cookies.
            return [(_ALLOW, b"*"), (_EXPOSE, _RESPONSE_HEADERS)]
        if self._allowed is None:
            return []
        # Also without an Origin: a cache must not give that response to a browser that sends one.
        vary = (b"vary", b"Origin")
        origin = next((value for name, value in headers if name == b"origin"), None)
        if origin is None or not self._allowed.fullmatch(origin.decode("latin-1").lower()):
            return [vary]
        return [vary, (_ALLOW, origin), (_EXPOSE, _RESPONSE_HEADERS)]
