"""Calls of one client: credentials, retries and errors around each request.

Tried again, for at most `retry_for` seconds: no connection, 429 and 503 after their Retry-After, and a connection that
broke if the request can be repeated (a POST only with an Idempotency-Key, which every call that creates gets).
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import replace
from typing import NamedTuple, Protocol, TypeVar

from mayfly_mail.connection import Line, Pool
from mayfly_mail.effects import Steps, now, pause
from mayfly_mail.errors import MayflyError, NotFound, Unauthorized, Unavailable, error_of, escaped, retry_after
from mayfly_mail.exchange import Channel, Lost, NotSent, Request, Stale, begin, exchange
from mayfly_mail.model import DecodeError
from mayfly_mail.operation import Operation, Response
from mayfly_mail.route import parse_base, proxy_for

__tracebackhide__ = True  # pytest shows the line of the caller

T = TypeVar("T")

DEFAULT_URL = "http://127.0.0.1:8080"
NO_KEY = "this call needs an API key: export MAYFLY_API_KEY=$(cat .mayfly/api-key), or use anonymous_inbox()"
UNSEEN = "no API key is set, and what belongs to an account is seen with its key alone"
_REPEATABLE = frozenset({"GET", "HEAD", "PUT", "DELETE", "PATCH"})
_RETRY_FOR, _RETRY_FIRST_FOR = 60.0, 5.0
_HURRIED_FOR, _HURRIED_TIMEOUT = 1.0, 5.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 2.0
_LONGEST_CONNECT = 10.0
_LONGEST_TIMEOUT = 1_000_000
_SUCCESS, _REDIRECTION = 200, 300
_NOT_FOUND, _TOO_MANY = 404, 429
_REFUSED = 503
_AWAY = frozenset({408, 502, _REFUSED, 504})
_LARGEST_ERROR = 65536
_NOTHING: Mapping[int, str] = {}
LONGEST_PART = 50.0
"""The longest wait of one request, in seconds; longer ones are made of several, by cursor. The server would wait for
60 s, but most proxies give up then by default, and their 504 would come first."""


class Failure(NamedTuple):
    """A try that may be worth another one: the error to raise otherwise, and the pause that the server asked for.

    `at_once`: only an idle connection was of no use any more, and there are not many of those. `may_be_done`: the call
    may have been carried out.
    """

    error: MayflyError
    after: float | None = None
    at_once: bool = False
    may_be_done: bool = False


class Session:
    """What all handles of a client share. `pool` returns the idle connections of the thread or loop that asks."""

    longest_part = LONGEST_PART

    def __init__(
        self, line: Line, key: str | None, timeout: float, retry_for: float | None, pool: Callable[[], Pool]
    ) -> None:
        self.line = line
        self.key = key
        self.timeout = timeout
        self.pool = pool
        self._retry_for = retry_for
        self._has_answered = False

    @property
    def retry_for(self) -> float:
        """Seconds that a call is tried again. By default a minute, and less until the server has answered once: it may
        not be running at all, or the URL be wrong, and nobody wants to wait a minute for that news.
        """
        if self._retry_for is not None:
            return self._retry_for
        return _RETRY_FOR if self._has_answered else _RETRY_FIRST_FOR

    def without_key(self) -> Session:
        """Return a session on the same connections that sends no API key."""
        return Session(self.line, None, self.timeout, self._retry_for, self.pool)

    def hurried(self) -> Session:
        """Return a session on the same connections that gives up soon, for tidying up after a failure."""
        retry_for = min(self.retry_for, _HURRIED_FOR)
        return Session(self.line, self.key, min(self.timeout, _HURRIED_TIMEOUT), retry_for, self.pool)

    def call(
        self,
        operation: Operation[T],
        *,
        token: str | None = None,
        idempotency_key: str | None = None,
    ) -> Steps[T]:
        """Send an operation until it is answered, for at most `retry_for` seconds."""
        request = self.request(operation, token, idempotency_key)
        started = yield from now()
        tries = 0
        may_be_done = False
        while True:
            outcome = yield from self._try(operation, request, token, may_be_done=may_be_done)
            if not isinstance(outcome, Failure):
                return _decoded(operation, outcome)
            tries += 1
            may_be_done |= outcome.may_be_done
            yield from pause_before_retry(outcome, tries, started + self.retry_for)

    def wait(
        self, part: Callable[[float], Operation[T]], until: float, *, token: str | None = None, also: Mapping[int, str]
    ) -> Steps[T]:
        """Send one part of a wait: `part` makes it of the seconds that are left, anew for each try.

        A wait changes nothing, so it is tried again until its time is up, and once more then. `also`: statuses that are
        answers of it, each with its code.
        """
        tries = 0
        while True:
            seconds = min(self.longest_part, max(0.0, until - (yield from now())))
            operation = part(math.ceil(seconds * 1000) / 1000)
            request = self.request(operation, token, None, seconds)
            outcome = yield from self._try(operation, request, token, also=also)
            if not isinstance(outcome, Failure):
                return _decoded(operation, outcome)
            tries += 1
            yield from pause_before_retry(outcome, tries, until)

    def _try(
        self,
        operation: Operation[T],
        request: Request,
        token: str | None,
        *,
        may_be_done: bool = False,
        also: Mapping[int, str] = _NOTHING,
    ) -> Steps[Response | Failure]:
        """Send once. Raises the error that no further try can change."""
        try:
            response = yield from exchange(self.pool(), self.line, request)
        except (NotSent, Lost) as error:
            return self.broken(error, request)
        self._has_answered = True
        if _SUCCESS <= response.status < _REDIRECTION:
            return response
        if response.status in also and error_of(response).code == also[response.status]:
            return response
        if may_be_done and operation.method == "DELETE" and response.status == _NOT_FOUND:
            return Response(204)  # the try before, whose answer was lost, has deleted it
        return self.refused(response, request, token)

    def refused(self, response: Response, request: Request, token: str | None) -> Failure:
        """Return the failure that another try may change; raise the error otherwise."""
        error = error_of(response)
        if isinstance(error, Unauthorized) and self.key is None and token is None:
            raise Unauthorized(f"{error} ({NO_KEY})", status=error.status, request_id=error.request_id)
        if isinstance(error, NotFound) and self.key is None and token is None:
            raise NotFound(f"{error} ({UNSEEN})", code=error.code, status=error.status, request_id=error.request_id)
        wait = retry_after(response)
        if response.status == _TOO_MANY and error.code != "quota_exceeded":
            return Failure(error, wait)
        if response.status in _AWAY and request.can_repeat:
            return Failure(error, wait, may_be_done=response.status != _REFUSED)
        raise error

    def broken(self, error: NotSent | Lost, request: Request) -> Failure:
        """Return the failure of a connection if the request can be sent again; raise Unavailable otherwise."""
        text = self._silent(error)
        if isinstance(error, NotSent) or request.can_repeat:
            return Failure(Unavailable(text), at_once=isinstance(error, Stale), may_be_done=isinstance(error, Lost))
        raise Unavailable(f"{text}; the call may have been carried out, so it was not sent again") from None

    def away(self, error: Exception) -> Failure:
        """Return what a broken connection means when it may be opened again."""
        return Failure(Unavailable(self._silent(error)), at_once=isinstance(error, Stale))

    def _silent(self, error: Exception) -> str:
        proxy = self.line.proxy
        through = "" if proxy is None else f" through the proxy {proxy.host}:{proxy.port} that the environment names"
        return f"no answer from {self.line.base}{through}: {error}"

    def open(self, operation: Operation[str], token: str | None, silence: float) -> Steps[Channel | Failure]:
        """Begin a streamed answer. Raises the error of an answer that no further try changes, NotSent, Lost."""
        request = replace(self.request(operation, token), seconds=silence)
        channel = yield from begin(self.pool(), self.line, request, None)
        if channel.head.status == _SUCCESS:
            return _streaming(operation, channel)
        body = b""
        try:
            while len(body) < _LARGEST_ERROR and (part := (yield from channel.read())):
                body += part
        finally:
            channel.close()
        return self.refused(Response(channel.head.status, channel.head.headers, body), request, token)

    def request(
        self, operation: Operation[T], token: str | None, idempotency_key: str | None = None, patience: float = 0.0
    ) -> Request:
        """Write an operation as a request with the credentials: the token of an inbox, or else the API key."""
        headers = {"Accept": operation.accept, "User-Agent": _user_agent()}
        if operation.content_type is not None:
            headers["Content-Type"] = operation.content_type
        if (credentials := token or self.key) is not None:
            headers["X-API-Key"] = credentials
        can_repeat = operation.method in _REPEATABLE and not operation.is_cumulative
        if operation.takes_idempotency_key:
            headers["Idempotency-Key"] = idempotency_key or fresh_key()
            can_repeat = True
        return Request(
            operation.method,
            operation.target,
            headers,
            operation.body,
            can_repeat,
            self.timeout + patience,
            min(self.timeout, _LONGEST_CONNECT),
        )


class Handle(Protocol):
    """What calls by a session."""

    _session: Session


H = TypeVar("H", bound=Handle)


def at_the_end(handle: H, failure: object) -> H:
    """Return the handle for the end of a block: one that soon gives up if the block failed, by Ctrl-C perhaps."""
    if failure is None:
        return handle
    hurried = copy(handle)
    hurried._session = handle._session.hurried()  # noqa: SLF001 - handles share it with this package
    return hurried


def session_of(  # noqa: PLR0917 - what `Mayfly` was given, in its order
    url: str | None,
    api_key: str | None,
    timeout: float,
    retry_for: float | None,
    ca_file: str | os.PathLike[str] | None,
    pool: Callable[[], Pool],
) -> Session:
    """Make a session of what was given and of the environment. ValueError says what is wrong with either."""
    seconds: object = timeout  # None means "for ever" to other clients
    if not (isinstance(seconds, (int, float)) and 0 < seconds <= _LONGEST_TIMEOUT):
        raise ValueError(f"timeout must be above 0 seconds, and {_LONGEST_TIMEOUT} at most")
    if retry_for is not None and not retry_for >= 0:
        raise ValueError("retry_for must not be below 0 seconds")
    base = parse_base((url or os.environ.get("MAYFLY_URL") or "").strip() or DEFAULT_URL)
    authorities = None if ca_file is None else os.fspath(ca_file)
    if base.scheme == "https":
        from mayfly_mail.tls import context_of

        context_of(authorities)  # it says now what is wrong with the file
    return Session(Line(base, proxy_for(base), authorities), _key(api_key), timeout, retry_for, pool)


def _key(given: str | None) -> str | None:
    key = (given or "").strip() or os.environ.get("MAYFLY_API_KEY", "").strip()
    if not key and (path := os.environ.get("MAYFLY_API_KEY_FILE")):
        try:
            with open(path, encoding="utf-8-sig") as file:  # noqa: PTH123 - pathlib is a fifth of the time to import all
                key = file.read().strip()
        except UnicodeDecodeError:
            raise ValueError("MAYFLY_API_KEY_FILE names a file that is no text in UTF-8") from None
        except OSError as error:
            raise ValueError(f"MAYFLY_API_KEY_FILE names a file that cannot be read: {error.strerror}") from None
        if not key:
            raise ValueError("MAYFLY_API_KEY_FILE names an empty file")
    if not all("!" <= char <= "~" for char in key):
        raise ValueError("the API key has characters that no key has")
    return key or None


def pause_before_retry(failure: Failure, tries: int, until: float) -> Steps[None]:
    """Let pass what the server asked for, and longer after each failure. Raises the error if no time is left."""
    if failure.at_once:
        return
    left = until - (yield from now())
    asked = failure.after or 0.0
    if left <= 0 or asked > left:
        raise failure.error
    yield from pause(min(max(asked, _backoff(tries)), left))


def _backoff(tries: int) -> float:
    """Return the seconds to wait after that many failures: more each time, and not the same for all clients."""
    from random import uniform

    seconds: float = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** min(tries - 1, 10))
    return seconds * uniform(0.75, 1.25)  # noqa: S311 - no secret


def fresh_key() -> str:
    """Return a key for one creation, which nobody can guess: of callers without credentials it protects the answer."""
    from uuid import uuid4

    return str(uuid4())


def gone_is_fine(steps: Steps[None]) -> Steps[None]:
    """Delete something; that it is no more already is fine."""
    try:
        yield from steps
    except MayflyError as error:
        if not isinstance(error, NotFound) and error.code != "gone":
            raise


def _decoded(operation: Operation[T], response: Response) -> T:
    try:
        return operation.decode(response)
    except (DecodeError, ValueError, TypeError, AttributeError, RecursionError) as error:  # whatever a server sends
        text = f"the answer to {operation.name} is not Mayfly's: {error}"
        raise MayflyError(text, code="unreadable_answer", status=response.status) from error


def _streaming(operation: Operation[str], channel: Channel) -> Channel:
    """Return the channel; raise MayflyError if something else than a stream comes over it, such as a proxy's page."""
    kind = channel.head.headers.get("content-type", "no content type")
    if kind.partition(";")[0].strip().lower() == operation.accept:
        return channel
    channel.close()
    text = f"the answer to {operation.name} is not Mayfly's: {escaped(kind)}"
    raise MayflyError(text, code="unreadable_answer", status=_SUCCESS)


def _user_agent() -> str:
    from mayfly_mail import __version__

    return f"mayfly-mail/{__version__}"
