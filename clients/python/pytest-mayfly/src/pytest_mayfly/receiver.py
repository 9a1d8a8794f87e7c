"""Receives webhooks on this machine, checks their signatures, and lets a test wait for one (`mayfly_webhook`)."""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mayfly_mail import Inbox, Mayfly, Space

    EventType = Literal["message.received", "inbox.expired", "endpoint.disabled"]
    Format = Literal["standard", "vaultmail", "ephemask"]

LOOPBACK = {"127.0.0.1", "localhost"}
MOST_OCTETS = 1024 * 1024
REQUEST_WITHIN = 10.0
ANY_TIME = 1e12
"""Seconds that a timestamp may be off: a test may have frozen the time, and nobody replays deliveries to it."""


@dataclass(frozen=True)
class Delivery:
    """A webhook that came with a right signature."""

    type: str
    """`message.received`, `inbox.expired`, `webhook.test` ..."""
    data: Mapping[str, Any]
    """The fields of the event (docs/webhooks.md)."""
    headers: Mapping[str, str] = field(repr=False)
    """Names in lower case."""
    body: bytes = field(repr=False)


class NoDelivery(AssertionError):
    """No such webhook came in time; the text lists those that did."""


class WebhookReceiver:
    """An HTTP server of the test, with a URL that Mayfly can reach.

    `deliveries` has all that came so far, `refused` why others were not accepted.
    """

    def __init__(self, client: Mayfly, host: str = "127.0.0.1", *, timeout: float = 30.0) -> None:
        self.deliveries: list[Delivery] = []
        self.refused: list[str] = []
        self._client = client
        self._timeout = timeout
        self._secrets: list[str] = []
        self._endpoints: list[str] = []
        self._statuses: deque[int] = deque()
        self._unseen: list[Delivery] = []
        self._changed = threading.Condition()
        self._server = _Server(("127.0.0.1" if host in LOOPBACK else "0.0.0.0", 0), _Handler)
        self._server.receiver = self
        self.url = f"http://{host}:{self._server.server_port}/"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()

    def __repr__(self) -> str:
        return f"<WebhookReceiver {self.url} with {len(self.deliveries)} deliveries>"

    def subscribe(
        self,
        inbox: Inbox | Space | None = None,
        *,
        events: Sequence[EventType] = (),
        format: Format = "standard",  # noqa: A002 - the API's word
    ) -> None:
        """Have Mayfly send here what happens in an inbox, or without one in all of the account; until the test ends."""
        made = self._client.webhooks.create(
            self.url, inbox=inbox and inbox.id, events=events, format=format, description="pytest"
        )
        self._endpoints.append(made.id)
        if made.secret is not None:
            self.trust(made.secret)

    def trust(self, secret: str) -> None:
        """Accept deliveries that are signed with this secret as well, such as an inbox's own `webhook_url` has."""
        self._secrets.append(secret)

    def answer_with(self, *statuses: int) -> None:
        """Answer the next deliveries with these statuses, and then with 204 again: `answer_with(503, 503)`."""
        self._statuses.extend(statuses)

    def wait_for_delivery(
        self,
        type: str | None = None,  # noqa: A002 - the API's word
        *,
        inbox: Inbox | Space | None = None,
        timeout: float | None = None,
    ) -> Delivery:
        """Return the oldest delivery that no wait has returned yet, of this type and inbox. Raises NoDelivery."""
        timeout = self._timeout if timeout is None else timeout
        deadline = time.monotonic() + timeout
        with self._changed:
            while True:
                for delivery in self._unseen:
                    if _matches(delivery, type, inbox):
                        self._unseen.remove(delivery)
                        return delivery
                if not self._changed.wait(deadline - time.monotonic()):
                    raise NoDelivery(self._complaint(type, inbox, timeout))

    def close(self) -> None:
        """Stop listening, and remove what `subscribe` made."""
        from mayfly_mail import NotFound

        try:
            while self._endpoints:
                try:
                    self._client.webhooks.delete(self._endpoints.pop())
                except NotFound:
                    continue
        finally:
            self._server.shutdown()
            self._server.server_close()
            self._thread.join()

    def accept(self, headers: Mapping[str, str], body: bytes) -> int:
        """Take one request in; return the status to answer with."""
        with self._changed:
            reason = self._why_not(headers, body)
            if reason is not None:
                self.refused.append(reason)
                return 400
            status = self._statuses.popleft() if self._statuses else 204
            if status >= 300:  # noqa: PLR2004 - not accepted, so Mayfly tries again
                return status
            delivery = _read(headers, body)
            self.deliveries.append(delivery)
            self._unseen.append(delivery)
            self._changed.notify_all()
            return status

    def _why_not(self, headers: Mapping[str, str], body: bytes) -> str | None:
        from mayfly_mail import verify_webhook

        reason = "no secret is known: subscribe(), or trust(secret)"
        for secret in self._secrets:
            try:
                verify_webhook(secret, headers, body, tolerance=ANY_TIME)
            except ValueError as error:  # a wrong signature, or a signed body that is no event
                reason = str(error)
            else:
                return None
        return reason

    def _complaint(self, type_: str | None, inbox: Inbox | Space | None, timeout: float) -> str:
        wanted = f"{type_ or 'webhook'}{f' for {inbox.address}' if inbox else ''}"
        lines = [f"no {wanted} came within {timeout:g} s"]
        lines += [f"came: {_line(delivery)}" for delivery in self.deliveries]
        lines += [f"refused: {reason}" for reason in self.refused]
        return "\n".join(lines)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    receiver: WebhookReceiver


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = REQUEST_WITHIN

    def do_POST(self) -> None:
        length = self.headers.get("content-length", "")
        if not (length.isascii() and length.isdigit() and int(length) <= MOST_OCTETS):
            self.send_error(413)
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        status = self.server.receiver.accept(headers, self.rfile.read(int(length)))
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Print nothing: the output belongs to the test."""


def _read(headers: Mapping[str, str], body: bytes) -> Delivery:
    content = json.loads(body)
    type_ = content.get("type") or content.get("event") or ""
    data = content.get("data", content)
    return Delivery(type_, data, dict(headers), body)


def _matches(delivery: Delivery, type_: str | None, inbox: Inbox | Space | None) -> bool:
    if type_ is not None and delivery.type != type_:
        return False
    values = {delivery.data.get(name) for name in ("inbox", "address", "inbox_address")}
    return inbox is None or bool(values & {inbox.id, inbox.address})


def _line(delivery: Delivery) -> str:
    address = delivery.data.get("address") or delivery.data.get("inbox_address") or ""
    return f"{delivery.type} {address} {delivery.data.get('subject', '')!r}".replace(" ''", "")
