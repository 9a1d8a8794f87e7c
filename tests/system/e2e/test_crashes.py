"""Kill -9 each service and the broker once, under a light stream of mails: nothing acknowledged is lost or doubled."""

import smtplib
import threading
import time
from collections import Counter

import httpx
import pytest

from tests.system.conversation import Caller, mail, until

pytestmark = pytest.mark.xdist_group("crashes")

VICTIMS = ("smtp-ingest", "parser", "api-gateway", "webhook-dispatcher", "expiry-reaper", "nats")


class Stream(threading.Thread):
    """About 20 mails a second until told to stop; `acknowledged` holds the subjects that got their 250."""

    def __init__(self, port: int, address: str) -> None:
        super().__init__()
        self._port, self._address = port, address
        self._stop_asked = threading.Event()
        self.acknowledged: list[str] = []
        self.refused = 0

    def run(self) -> None:
        number = 0
        while not self._stop_asked.is_set():
            subject = f"mail {number}"
            number += 1
            try:
                with smtplib.SMTP("127.0.0.1", self._port, timeout=10) as peer:
                    peer.sendmail("a@example.com", [self._address], mail(self._address, subject).as_bytes())
                self.acknowledged.append(subject)
            except (OSError, smtplib.SMTPException):
                self.refused += 1
            self._stop_asked.wait(0.04)

    def stop(self) -> None:
        self._stop_asked.set()
        self.join()


def test_every_acknowledged_mail_is_there_exactly_once_after_each_kill(make_stack):
    stack = make_stack().start()
    with Caller(stack, stack.api_key) as caller:
        inboxes = [caller.inbox()["address"] for _ in VICTIMS]
        for victim, address in zip(VICTIMS, inboxes, strict=True):
            stream = Stream(stack.smtp_port, address)
            stream.start()
            until(lambda stream=stream: len(stream.acknowledged) >= 5)
            stack.kill(victim)
            settled = len(stream.acknowledged)
            until(lambda stream=stream, settled=settled: len(stream.acknowledged) >= settled + 5, seconds=20)
            stream.stop()
            _expect_exactly(caller, address, stream.acknowledged)


def _expect_exactly(caller: Caller, address: str, acknowledged: list[str]) -> None:
    """Each acknowledged subject once. A mail that got no reply may have been stored too, but never twice."""

    def subjects() -> list[str]:
        try:
            response = caller.http.get(f"/api/v1/inboxes/{address}/messages?limit=100")
        except httpx.TransportError:  # the gateway itself was killed a moment ago
            return []
        return [m["subject"] for m in response.json()] if response.status_code == 200 else []

    deadline = time.monotonic() + 30
    while not set(acknowledged) <= set(subjects()) and time.monotonic() < deadline:
        time.sleep(0.1)
    found = Counter(subjects())
    assert {} == {s: found[s] for s in acknowledged if found[s] != 1}
    assert {} == {s: n for s, n in found.items() if n > 1}


def test_mail_keys_and_inboxes_are_still_there_after_a_restart(make_stack):
    stack = make_stack().start()
    with Caller(stack, stack.api_key) as caller:
        address = caller.inbox(ttl_seconds=3600)["address"]
        with smtplib.SMTP("127.0.0.1", stack.smtp_port) as peer:
            peer.sendmail("a@example.com", [address], mail(address, "kept").as_bytes())
        caller.messages(address)
    key = stack.api_key
    assert 0 == stack.stop()
    stack.start()
    assert key == stack.api_key
    with Caller(stack, key) as caller:
        assert ["kept"] == [m["subject"] for m in caller.messages(address)]
