"""What every end-to-end test says to the running system: plain HTTP and SMTP, nothing of ours."""

import json
import os
import re
import shutil
import smtplib
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any, Self, TypeVar

import httpx
import pytest

T = TypeVar("T")
# Loads no certificates, which takes 20 ms of a processor for each client: here all is plain HTTP.
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def until(probe: Callable[[], T | None], *, seconds: float = 10.0) -> T:
    """What `probe` gives once it gives something; fails after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        found = probe()
        if found:
            return found
        assert time.monotonic() < deadline, f"nothing after {seconds:g} s"
        time.sleep(0.02)


def run(*command: str, text: str | None = None, **environment: str) -> str:
    """What a program prints; fails when it does. Skips the test where a program that it needs is not installed."""
    for program in (command[0], *re.findall(r"\b(?:curl|jq|openssl)\b", command[-1])):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")
    environment = {"PATH": os.environ["PATH"], **environment}
    done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=30, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    return done.stdout


def mail(to: str, subject: str = "Your code", body: str = "Your verification code is 482193\n") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Example <noreply@example.com>"
    message["To"] = to
    message["Subject"] = subject
    message.set_content(body)
    return message


def send(stack: Any, message: EmailMessage | bytes, to: str, sender: str = "noreply@example.com") -> None:
    """Hand one mail over by SMTP; raises smtplib's errors for anything but 250."""
    octets = message if isinstance(message, bytes) else message.as_bytes(policy=SMTP)
    with smtplib.SMTP("127.0.0.1", stack.smtp_port, timeout=20) as peer:
        peer.sendmail(sender, [to], octets)


class Caller:
    """An HTTP client with a key of its own account, or with none."""

    def __init__(self, stack: Any, key: str | None = None) -> None:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self.http = httpx.Client(base_url=stack.http_url, headers=headers, timeout=30, trust_env=False, verify=NO_TLS)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def get(self, path: str, expect: int = 200, **words: Any) -> Any:
        return self._json(self.http.get(path, **words), expect)

    def post(self, path: str, body: Any = None, expect: int = 200) -> Any:
        return self._json(self.http.post(path, json=body), expect)

    def delete(self, path: str, expect: int = 204) -> Any:
        return self._json(self.http.delete(path), expect)

    def anonymous_inbox(self, body: Any = None) -> Any:
        return self.post("/api/v1/inboxes/generate", body or {}, expect=201)

    def inbox(self, **body: Any) -> Any:
        return self.post("/api/v1/inboxes", body, expect=201)

    def messages(self, address: str, count: int = 1, seconds: float = 10.0) -> list[Any]:
        """The inbox's messages once there are `count`."""
        path = f"/api/v1/inboxes/{address}/messages"

        def enough() -> list[Any] | None:
            found: list[Any] = self.get(path)
            return found if len(found) >= count else None

        return until(enough, seconds=seconds)

    @staticmethod
    def _json(response: httpx.Response, expect: int) -> Any:
        assert expect == response.status_code, response.text
        return response.json() if response.content else None


def new_account(stack: Any, email: str, plan: str = "pro") -> str:
    """A fresh account's API key."""
    with Caller(stack, stack.admin_token) as admin:
        key: str = admin.post("/api/v1/admin/accounts", {"email": email, "plan": plan}, expect=201)["api_key"]
    return key


@contextmanager
def events(caller: Caller, address: str, last_event_id: str | None = None) -> Iterator[Iterator[dict[str, Any]]]:
    """The inbox's SSE stream as `{"event", "id", "data"}`, pings left out."""
    headers = {"Last-Event-ID": last_event_id} if last_event_id is not None else {}
    with caller.http.stream("GET", f"/api/v1/sse/inbox/{address}", headers=headers) as response:
        assert response.status_code == 200
        yield (event for event in _parse(response.iter_lines()) if event.get("event") != "ping")


def _parse(lines: Iterator[str]) -> Iterator[dict[str, Any]]:
    event: dict[str, Any] = {}
    for line in lines:
        field, _, value = line.partition(":")
        if field:
            event[field] = value.removeprefix(" ")
        elif line == "" and event:
            if "data" in event:
                event["data"] = json.loads(event["data"])
                yield event
            event = {}
