"""A webhook as VaultMail documents it, checked with the document's own verify function."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from threading import Thread
from typing import Any

import pytest

from .conversation import Caller, mail, send

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("stack")]


def verify(secret: str, raw_body: bytes, signature_header: str) -> bool:
    expected = "sha256=" + hmac.new(secret.encode(), raw_body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected, signature_header)


@contextmanager
def receiver(statuses: list[int]) -> Iterator[tuple[str, Queue[Any]]]:
    """A receiver on loopback that answers with `statuses` in turn, then 200; what it got is in the queue."""
    received: Queue[Any] = Queue()
    answers = iter(statuses)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.put((dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(next(answers, 200))
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/hook", received
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_a_stored_mail_is_announced_and_the_signature_verifies(stack):
    with receiver([]) as (url, received), Caller(stack, stack.api_key) as caller:
        inbox = caller.inbox(webhook_url=url)
        assert 48 == len(inbox["webhook_secret"])
        send(stack, mail(inbox["address"], "Confirm"), inbox["address"])
        headers, body = received.get(timeout=10)
        (message,) = caller.messages(inbox["address"])
    assert verify(inbox["webhook_secret"], body, headers["X-VaultMail-Signature"])
    assert ("message.received", "1") == (headers["X-VaultMail-Event"], headers["X-VaultMail-Attempt"])
    assert "application/json" == headers["Content-Type"]
    payload = json.loads(body)
    assert ("message.received", inbox["address"], "Confirm", True, 0, message["id"]) == (
        payload["event"],
        payload["address"],
        payload["subject"],
        payload["has_otp"],
        payload["attachment_count"],
        payload["id"],
    )


def test_a_failed_attempt_is_made_again_with_the_same_body(stack):
    with receiver([500]) as (url, received), Caller(stack, stack.api_key) as caller:
        inbox = caller.inbox(webhook_url=url)
        send(stack, mail(inbox["address"]), inbox["address"])
        first, body = received.get(timeout=10)
        second, again = received.get(timeout=15)
    assert ("1", "2") == (first["X-VaultMail-Attempt"], second["X-VaultMail-Attempt"])
    assert body == again
    assert verify(inbox["webhook_secret"], again, second["X-VaultMail-Signature"])


@pytest.mark.parametrize(
    "url", ["http://10.0.0.1/x", "https://169.254.169.254/latest", "ftp://example.com/", "https://u:p@example.com/"]
)
def test_a_webhook_url_that_must_not_be_called_is_400(stack, url):
    with Caller(stack, stack.api_key) as caller:
        assert "webhook_url" in caller.post("/api/v1/inboxes", {"webhook_url": url}, expect=400)["message"]
