"""Posts events to an application on this machine (or elsewhere), and waits for it while it is not there.

A connection that is refused is tried again until somebody is there: the application is being started. A connection
that breaks before an answer is tried TRIES times: the application may be reloading itself. Whatever it answers counts.
"""

from __future__ import annotations

import base64
import http.client
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlsplit

import mayfly_mail
from mayfly_mail.cli.relay import signature

if TYPE_CHECKING:
    from mayfly_mail.cli.relay.bodies import Notice

TRIES = 3
FIRST_PAUSE, LONGEST_PAUSE = 0.25, 5.0
MOST_OF_AN_ANSWER = 64 * 1024
WRITTEN = "%/?:@!$&'()*+,;=-._~[]"
"""What a path and query are sent with as it stands; anything else is percent-encoded."""


@dataclass(frozen=True)
class Answer:
    """What became of one event. `status`: None when there was no answer, and `error` says why."""

    status: int | None
    milliseconds: int
    error: str | None = None

    @property
    def is_good(self) -> bool:
        return self.status is not None and 200 <= self.status < 300  # noqa: PLR2004 - HTTP's own class

    def __str__(self) -> str:
        return f"{self.error or self.status} ({self.milliseconds} ms)"


class Target:
    """The URL that events are posted to. Raises ValueError for what is no such URL."""

    def __init__(self, text: str, *, verify: bool = True, timeout: float = 30.0) -> None:
        parts = urlsplit(completed(text))
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError(
                f"not a URL to post to: {text!r} (known: http://HOST:PORT/PATH, HOST:PORT/PATH, :PORT/PATH)"
            )
        self._host, self._port = parts.hostname, parts.port
        self._path = quote((parts.path or "/") + (f"?{parts.query}" if parts.query else ""), safe=WRITTEN)
        self._login = f"{unquote(parts.username)}:{unquote(parts.password or '')}" if parts.username else None
        self._context = tls_context(verify=verify) if parts.scheme == "https" else None
        self._timeout = timeout
        place = f"[{self._host}]" if ":" in self._host else self._host
        self.url = f"{parts.scheme}://{place}{f':{self._port}' if self._port else ''}{self._path}"
        """Without user name and password."""

    def connect(self) -> http.client.HTTPConnection:
        """Open a connection; every address of the host is tried, `localhost` by IPv6 and IPv4. Raises OSError."""
        if self._context is not None:
            made: http.client.HTTPConnection = http.client.HTTPSConnection(
                self._host, self._port, timeout=self._timeout, context=self._context
            )
        else:
            made = http.client.HTTPConnection(self._host, self._port, timeout=self._timeout)
        made.connect()
        return made

    def post(self, connection: http.client.HTTPConnection, body: bytes, headers: Mapping[str, str]) -> int:
        """Send one request and return the status. Raises OSError and http.client.HTTPException."""
        login = {"Authorization": f"Basic {base64.b64encode(self._login.encode()).decode()}"} if self._login else {}
        connection.request("POST", self._path, body, {**headers, **login, "Connection": "close"})
        response = connection.getresponse()
        response.read(MOST_OF_AN_ANSWER)
        return response.status


class Forwarder:
    """Signs events and posts them to a target, one after another."""

    def __init__(
        self,
        target: Target,
        secret: str,
        *,
        tell: Callable[[str], None],
        now: Callable[[], float] = time.time,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._target, self._secret = target, secret
        self._tell, self._now, self._pause = tell, now, pause

    def forward(self, notice: Notice) -> Answer:
        """Post one event; return the answer, or why there was none."""
        failure = Answer(None, 0, "no answer")
        for _ in range(TRIES):
            connection = self._reach()
            began = time.monotonic()
            try:
                status = self._target.post(connection, notice.body, self._headers(notice))
            except TimeoutError:
                return Answer(None, _since(began), "no answer in time")
            except (OSError, http.client.HTTPException) as error:
                failure = Answer(None, _since(began), f"no answer: {type(error).__name__}")
            else:
                return Answer(status, _since(began))
            finally:
                connection.close()
        return failure

    def _reach(self) -> http.client.HTTPConnection:
        """Connect, however long that takes; say once that nobody is there, and once that somebody is."""
        pause, waited = FIRST_PAUSE, False
        while True:
            try:
                connection = self._target.connect()
            except ssl.SSLCertVerificationError as error:
                self._complain(
                    f"its certificate cannot be verified ({error.verify_message}); see --skip-verify", waited=waited
                )
            except OSError as error:
                self._complain(str(error), waited=waited)
            else:
                if waited:
                    self._tell(f"{self._target.url} is there")
                return connection
            waited = True
            self._pause(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    def _complain(self, why: str, *, waited: bool) -> None:
        if not waited:
            self._tell(f"{self._target.url} cannot be reached ({why}); events wait until it can")

    def _headers(self, notice: Notice) -> dict[str, str]:
        return {
            "Content-Type": "application/json",
            "User-Agent": f"mayfly-listen/{mayfly_mail.__version__}",
            **signature.headers(self._secret, notice.id, int(self._now()), notice.body),
        }


def completed(text: str) -> str:
    """Return a URL in full: `3000`, `:3000/hook` and `localhost:3000/hook` mean http, on this machine."""
    if "://" in text:
        return text
    if text.isdigit():
        return f"http://localhost:{text}/"
    return f"http://localhost{text}" if text.startswith(":") else f"http://{text}"


def tls_context(*, verify: bool) -> ssl.SSLContext:
    """Return how TLS is spoken; without `verify`, certificates that nobody vouches for are taken."""
    context = ssl.create_default_context()
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)
