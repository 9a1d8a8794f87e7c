"""Verdict processes: hostile DNS, deaths, batches that take too long."""

import asyncio
import os
from collections.abc import AsyncIterator

import msgspec
import pytest

from mayfly.children.pool import Pool
from mayfly.records.message import Authentication
from message_parser import metrics
from message_parser.domain.authentication import VerdictReply, VerdictRequest
from message_parser.workers.resolver import Resolver
from message_parser.workers.verdict_child import Answerer
from message_parser.workers.verdict_dns import Client
from message_parser.workers.verdict_pool import VerdictPool
from message_parser.workers.verdicts import authenticate
from tests.corpus.name_server import LOOP, SILENT, SLOW, SPOOFED, name_server, texts

pytestmark = pytest.mark.component
PEER = "192.0.2.10"
ZONE = {
    ("huge.example", "TXT"): texts("v=spf1 " + "ip4:198.51.100.1 " * 3_000 + "-all"),
    ("wide.example", "TXT"): texts(*("x" * 200 for _ in range(200)), f"v=spf1 ip4:{PEER} -all"),
    ("loop.example", "TXT"): LOOP,
    ("mx.example", "TXT"): texts("v=spf1 mx -all"),
    ("mx.example", "MX"): [f"{n} h{n}.example." for n in range(500)],
    ("slow.example", "TXT"): SLOW,
    ("spoofed.example", "TXT"): SPOOFED,
    ("spoofed.example", "spoofed"): texts("v=spf1 -all"),
    ("escaped.example", "TXT"): texts("v=spf1 exists:%{l} -all"),
    ("sender.example", "TXT"): texts(f"v=spf1 ip4:{PEER} -all"),
    ("silent.example", "TXT"): SILENT,
    ("cpu.example", "TXT"): texts("v=spf1 " + "include:cpu%{d}.example " * 150 + "-all"),
}


def request(domain: str) -> VerdictRequest:
    local = r"db.intern\097l" if domain == "escaped.example" else "a"  # \097 is an `a` in zone files
    return VerdictRequest(peer_address=PEER, helo="mx.sender.example", reverse_path=f"{local}@{domain}")


@pytest.mark.parametrize(
    ("domain", "expected"),
    [
        ("huge.example", "permerror"),
        ("wide.example", "pass"),
        ("loop.example", "temperror"),
        ("mx.example", "permerror"),
        ("slow.example", "none"),
        ("spoofed.example", "fail"),
        ("trusted.example", "none"),
        ("escaped.example", "fail"),
        ("cpu.example", "permerror"),
    ],
)
def test_hostile_answers_cost_only_the_verdict_on_their_own_mail(domain, expected):
    with name_server(ZONE) as server:
        resolver = Resolver(Client(server.address))
        assert "pass" == authenticate(request("sender.example"), resolver).spf
        authenticate(request("spoofed.example"), resolver)
        assert expected == authenticate(request(domain), resolver).spf
        assert "pass" == authenticate(request("sender.example"), resolver).spf
        assert not [name for name, _ in server.asked if name.endswith("internal")]
        assert 500_000 > resolver._octets


class Clock:
    seconds = 0.0

    def __call__(self) -> float:
        self.seconds += 0.4
        return self.seconds


def test_a_frame_that_takes_too_long_is_answered_in_part():
    with name_server(ZONE) as server:
        answerer = Answerer(Resolver(Client(server.address)), Clock())
        frame = msgspec.msgpack.encode([request("sender.example")] * 50)
        reply = msgspec.msgpack.decode(answerer(frame), type=VerdictReply)
    assert 50 > len(reply.verdicts) > 1
    assert {"pass"} == {verdict.spf for verdict in reply.verdicts}
    assert reply.asked + reply.cached == len(reply.verdicts)


# Dies of some mails, in the way of a process that is killed; says `neutral` of the others.
CHILD = """
import os, sys
import msgspec
from message_parser.domain.authentication import Authentication, VerdictReply, VerdictRequest
from mayfly.children.loop import serve

def answer(frame):
    requests = msgspec.msgpack.decode(frame, type=list[VerdictRequest])
    if any(request.helo == "die" for request in requests): os._exit(1)
    verdicts = [Authentication(spf="neutral", dkim=str(os.getpid()), dmarc=NICE) for _ in requests]
    return msgspec.msgpack.encode(VerdictReply(verdicts=verdicts, is_silent=requests[0].helo == "silent"))

NICE = str(os.getpriority(os.PRIO_PROCESS, 0))
serve(answer, 5, 256, wall_seconds=5)
"""


@pytest.fixture
async def mortal(tmp_path) -> AsyncIterator[Pool]:
    (tmp_path / "mortal_child.py").write_text(CHILD)
    program = [str(tmp_path / "mortal_child.py")]
    async with Pool("mortal", program, 1, at_once=0, idle_seconds=0.05, nice=7) as pool:
        yield pool


async def test_a_mail_that_kills_the_process_leaves_its_neighbours_their_verdicts(mortal):
    requests = [VerdictRequest(helo=helo) for helo in ("a", "die", "b")]
    verdicts = await VerdictPool(mortal, 10).authenticate(requests)
    assert ["neutral", "temperror", "neutral"] == [verdict.spf for verdict in verdicts]
    assert Authentication(spf="temperror", dkim="temperror", dmarc="temperror") == verdicts[1]


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def test_a_verdict_process_stands_back_and_ends_when_it_has_nothing_to_do(mortal):
    pool = VerdictPool(mortal, 10)
    assert set() == mortal._living
    pids = []
    for _ in range(2):
        (verdict,) = await pool.authenticate([VerdictRequest()])
        pids.append(int(verdict.dkim))
        assert str(os.getpriority(os.PRIO_PROCESS, 0) + 7) == verdict.dmarc
        async with asyncio.timeout(10):
            while is_alive(pids[-1]):
                await asyncio.sleep(0.01)
    assert len(set(pids)) == 2


async def test_that_no_server_answers_is_shown_until_one_does(mortal):
    pool = VerdictPool(mortal, 10)
    for helo, shown in (("silent", 1), ("silent", 1), ("a", 0)):
        await pool.authenticate([VerdictRequest(helo=helo)])
        assert shown == metrics.DNS_SILENT._value.get()
