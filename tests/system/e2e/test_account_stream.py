"""The account as one stream, and the default space without credentials, seen from outside."""

import json
import smtplib
import threading
import time
from collections import Counter

import httpx
import pytest

from tests.system.conversation import Caller, mail, until

pytestmark = pytest.mark.xdist_group("crashes")
DEFAULT = "00000000"


class Reader(threading.Thread):
    """Follows the account's stream; after each cut it goes on from its last cursor. `seen`: ids of messages, in order."""

    def __init__(self, url: str, key: str, cursor: str) -> None:
        super().__init__(daemon=True)
        self._url, self._key, self._cursor = url, key, cursor
        self.seen: list[str] = []
        self.cuts = 0
        self.is_over = False

    def run(self) -> None:
        while not self.is_over:
            try:
                self._follow()
            except httpx.HTTPError:
                self.cuts += 1
            time.sleep(0.1)

    def _follow(self) -> None:
        headers = {"X-API-Key": self._key, "Last-Event-ID": self._cursor}
        with httpx.stream("GET", f"{self._url}/api/v1/sse/messages", headers=headers, timeout=20) as answer:
            if answer.status_code != httpx.codes.OK:
                return
            data = ""
            for line in answer.iter_lines():
                name, _, value = line.partition(": ")
                if name == "data":
                    data = value
                elif name == "id":
                    self._cursor = value
                    if message_id := json.loads(data).get("id"):
                        self.seen.append(message_id)
                if self.is_over:
                    return


def test_it_has_every_mail_of_every_inbox_once_over_kills_of_gateway_and_broker(make_stack):
    stack = make_stack().start()
    with Caller(stack, stack.api_key) as caller:
        addresses = [caller.inbox()["address"] for _ in range(3)]
        cursor = caller.http.get("/api/v1/messages").headers["x-cursor"]
        reader = Reader(stack.http_url, stack.api_key, cursor)
        reader.start()
        sent = 0
        for victim in ("api-gateway", "nats", None):
            for _ in range(20):
                address = addresses[sent % 3]
                with smtplib.SMTP("127.0.0.1", stack.smtp_port, timeout=10) as peer:
                    peer.sendmail("a@example.com", [address], mail(address, f"mail {sent}").as_bytes())
                sent += 1
            if victim:
                stack.kill(victim)
                until(lambda: _accepts(stack, addresses[0]), seconds=20)
        listed = until(lambda: _listed(caller, sent), seconds=30)
        until(lambda: set(listed) <= set(reader.seen), seconds=30)
        reader.is_over = True
    assert reader.cuts
    assert {1} == set(Counter(reader.seen).values())
    assert set(listed) == set(reader.seen)


def _accepts(stack, address):
    try:
        with smtplib.SMTP("127.0.0.1", stack.smtp_port, timeout=5) as peer:
            peer.helo()
            peer.mail("a@example.com")
            accepted = peer.rcpt(address)[0] == 250
        with httpx.Client(timeout=5) as http:
            return accepted and http.get(f"{stack.http_url}/ready").status_code == httpx.codes.OK
    except (OSError, smtplib.SMTPException, httpx.HTTPError):
        return False


def _listed(caller, count):
    found = [entry["id"] for entry in caller.get("/api/v1/messages?limit=100&consistent=true")]
    return found if len(found) >= count else None


def test_mail_to_any_address_shows_up_in_the_default_space_without_a_key(stack):
    with smtplib.SMTP("127.0.0.1", stack.mailpit_smtp_port, timeout=10) as peer:
        peer.sendmail("a@example.com", ["ann@shop.example"], mail("ann@shop.example", "no key").as_bytes())
    with httpx.Client(base_url=stack.http_url, timeout=20) as http:
        assert DEFAULT == http.get("/").json()["default_space"]
        listed = http.get(f"/api/v1/inboxes/{DEFAULT}/messages", params={"consistent": True}).json()
        assert "no key" in [entry["subject"] for entry in listed]
        foreign = {"Origin": "https://evil.org"}
        assert httpx.codes.NOT_FOUND == http.get(f"/api/v1/inboxes/{DEFAULT}", headers=foreign).status_code
