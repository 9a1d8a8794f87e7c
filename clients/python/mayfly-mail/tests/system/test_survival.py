"""Nothing is missed and nothing comes twice: over cut connections, over killed processes, over many parts."""

from __future__ import annotations

import smtplib
import threading
from collections.abc import Callable
from typing import Any

import pytest

from mayfly_mail import WaitTimeout

from .conftest import MakeClient, deliver, entering, now, take
from .cutting import cutting


class Mails(threading.Thread):
    """Sends mails until told to stop: `acknowledged` has the subjects of those that got their 250."""

    def __init__(self, port: int, address: str, pause: float = 0.03) -> None:
        super().__init__()
        self._port, self._address, self._pause = port, address, pause
        self._over = threading.Event()
        self.acknowledged: list[str] = []

    def run(self) -> None:
        number = 0
        while not self._over.is_set():
            number += 1
            try:
                deliver(self._port, self._address, f"mail {number}", f"Your code is {100000 + number}")
            except (OSError, smtplib.SMTPException):
                self._over.wait(0.1)
            else:
                self.acknowledged.append(f"mail {number}")
            self._over.wait(self._pause)

    def stop(self) -> None:
        self._over.set()
        self.join()


async def all_by_waiting(inbox: Any, are_all: Callable[[list[str]], bool]) -> list[str]:
    """The subjects of all mails, each by a wait that goes on from the mail before."""
    subjects: list[str] = []
    after = 0
    while not are_all(subjects):
        message = await now(inbox.wait_for_message(after=after, timeout=60))
        subjects.append(message.subject)
        after = message.cursor
    return subjects


async def all_by_streaming(inbox: Any, are_all: Callable[[list[str]], bool]) -> list[str]:
    subjects: list[str] = []
    async with entering(inbox.stream(after=0)) as stream:
        while not are_all(subjects):
            [event] = await take(stream, 1)
            if event.type == "message":
                subjects.append(event.subject)
    return subjects


async def test_calls_over_a_line_that_keeps_breaking_do_each_thing_once(make_client: MakeClient, stack: Any) -> None:
    label = f"cut-{make_client.__name__}"
    with cutting(stack.http_port, seed=2) as proxy:
        async with entering(make_client(proxy.url, stack.api_key, timeout=5)) as client:
            made = [await now(client.inbox(label=label, ttl=600)) for _ in range(5)]
            ids = [await now(made[0].inject(subject=f"mail {number}", body="x")) for number in range(6)]
            expected = {f"mail {number}" for number in range(6)}
            waited = [m.subject for m in await now(made[0].wait_for_messages(6, timeout=30))]
            assert (6, expected) == (len(waited), set(waited))
            streamed = await all_by_streaming(made[0], lambda subjects: expected <= set(subjects))
            assert waited == streamed
            assert sorted(ids) == sorted(entry.id for entry in await now(made[0].messages()))
            assert (await now(made[1].wait_for_none(within=0.3))).none
            await now(made[4].delete())
            assert {each.id for each in made[:4]} == {each.id for each in await now(client.inboxes(label=label))}
            for each in made:
                await now(each.delete())
        assert proxy.cuts > 5


@pytest.fixture
def victims(make_stack: Any) -> Any:
    return make_stack().start()


@pytest.mark.xdist_group("crashes")
async def test_waits_and_streams_survive_the_death_of_the_gateway_and_of_the_broker(victims: Any) -> None:
    """Both halves beside each other on one inbox, so that one stack and one pair of deaths is enough."""
    from mayfly_mail import AsyncMayfly, Mayfly

    async with AsyncMayfly(victims.http_url, victims.api_key) as awaited:
        with Mayfly(victims.http_url, victims.api_key) as blocking, blocking.inbox(ttl=600) as inbox:
            mails = Mails(victims.smtp_port, inbox.address)
            mails.start()
            seen: dict[str, list[str]] = {}

            def are_all(
                subjects: list[str],
            ) -> bool:  # "last" need not be the last: mail of a killed process comes again
                return "last" in subjects and set(mails.acknowledged) <= set(subjects)

            readers = [
                _reading(seen, "blocking waits", lambda: all_by_waiting(inbox, are_all)),
                _reading(seen, "blocking stream", lambda: all_by_streaming(inbox, are_all)),
            ]
            other = await awaited.open(inbox.id)
            readers += [
                _reading(seen, "awaited waits", lambda: all_by_waiting(other, are_all)),
                _reading(seen, "awaited stream", lambda: all_by_streaming(other, are_all)),
            ]
            for victim in ("api-gateway", "nats", "api-gateway"):
                _until_more(mails, 6)
                victims.kill(victim)
            _until_more(mails, 6)
            mails.stop()
            _deliver_surely(victims.smtp_port, inbox.address, "last")
            for reader in readers:
                reader.join(90)
    assert {"blocking waits", "blocking stream", "awaited waits", "awaited stream"} == set(seen)
    for how, subjects in seen.items():
        assert len(subjects) == len(set(subjects)), how
        assert set() == set(mails.acknowledged) - set(subjects), how


def _reading(seen: dict[str, list[str]], how: str, read: Any) -> threading.Thread:
    """Run one reader in a thread and a loop of its own."""
    import asyncio

    def run() -> None:
        seen[how] = asyncio.run(read())

    thread = threading.Thread(target=run, name=how)
    thread.start()
    return thread


def _until_more(mails: Mails, count: int) -> None:
    settled = len(mails.acknowledged)
    while len(mails.acknowledged) < settled + count:
        mails.join(0.02)


def _deliver_surely(port: int, address: str, subject: str) -> None:
    for _ in range(200):
        try:
            deliver(port, address, subject, "the last one")
        except (OSError, smtplib.SMTPException):
            threading.Event().wait(0.1)
        else:
            return
    pytest.fail("the last mail was never accepted")


async def test_a_wait_goes_on_over_many_short_parts_by_cursor(inbox: Any, send: Any) -> None:
    inbox._session.longest_part = 0.1
    mails = [
        threading.Timer(0.15 * number, send, [inbox.address], {"subject": f"mail {number}"}) for number in range(1, 6)
    ]
    for mail in mails:
        mail.start()
    assert "mail 5" == (await now(inbox.wait_for_message(subject="mail 5", timeout=20))).subject
    for mail in mails:
        mail.join()
    with pytest.raises(WaitTimeout) as raised:
        await now(inbox.wait_for_message(subject="mail 6", after=0, timeout=0.35))
    assert 5 == len(raised.value.near_misses)
    assert (await now(inbox.wait_for_none(within=0.35, subject="mail 6"))).none
