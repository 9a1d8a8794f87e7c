"""Child processes that answer, die, hang and eat memory, and what the pool makes of it."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator

import msgspec
import pytest

from mayfly.children.pool import ChildTimedOut, Pool
from mayfly.failures import TransientFailure
from message_parser.workers.parse_pool import ParsePool

pytestmark = pytest.mark.component

# Parses by echo; kills itself on b"die", hangs on b"hang", is busy on b"spin", and has to wait on b"wait".
CHILD = """
import os, sys, time
import msgspec
from message_parser.domain.parsed import Parsed
from mayfly.children.loop import serve

def answer(frame):
    mails = msgspec.msgpack.decode(frame, type=list[bytes])
    for octets in mails:
        if octets == b"die": os._exit(1)
        if octets == b"hang": time.sleep(60)
        if octets == b"wait": time.sleep(0.7)
        while octets == b"spin": pass
        if octets == b"eat": bytearray(2 << 30)
    return msgspec.msgpack.encode([Parsed(subject=octets.decode()) for octets in mails])

serve(answer, 0.5, 256, wall_seconds=30)
"""


@pytest.fixture
async def children(tmp_path) -> AsyncIterator[ParsePool]:
    (tmp_path / "echo_child.py").write_text(CHILD)
    async with Pool("echo", [str(tmp_path / "echo_child.py")], count=2) as pool:
        yield ParsePool(pool, seconds=0.5)


async def test_results_come_in_the_order_of_the_mails(children):
    mails = [b"%d" % number for number in range(100)]
    assert [octets.decode() for octets in mails] == [result.subject for result in await children.parse(mails)]


@pytest.mark.parametrize(
    ("killer", "reason"),
    [
        (b"die", "the parsing process died of it, twice"),
        (b"hang", "not parsed within 3 s, twice"),
        (b"spin", "not parsed within 0.5 s of processor time, twice"),
        (b"eat", "the parsing process died of it, twice"),
    ],
)
async def test_a_mail_that_kills_twice_fails_and_its_neighbours_are_parsed(children, killer, reason):
    results = await children.parse([b"a", killer, b"b"])
    assert ["parsed", "failed", "parsed"] == [result.parse_status for result in results]
    assert ["a", "b"] == [results[0].subject, results[2].subject]
    assert reason == results[1].parse_reason


async def test_a_mail_that_waits_for_a_processor_is_parsed_late(children):
    assert ["parsed"] == [result.parse_status for result in await children.parse([b"wait"])]


async def test_a_process_ends_itself_by_the_clock_where_its_parent_would_wait_longer(tmp_path):
    (tmp_path / "echo_child.py").write_text(CHILD.replace("wall_seconds=30", "wall_seconds=0.5"))
    async with Pool("echo", [str(tmp_path / "echo_child.py")], count=1) as pool:
        with pytest.raises(ChildTimedOut) as death:
            await pool.exchange(msgspec.msgpack.encode([b"hang"]), 30)
    assert death.value.signal == signal.SIGALRM


async def test_a_process_that_does_not_start_is_no_fault_of_the_mail(tmp_path):
    program = tmp_path / "echo_child.py"
    program.write_text(CHILD)
    async with Pool("echo", [str(program)], count=1) as pool:
        children = ParsePool(pool, seconds=0.5)
        program.write_text("raise SystemExit(1)")
        for mail in (b"die", b"good"):
            with pytest.raises(TransientFailure, match="does not start"):
                await children.parse([mail])
        program.write_text(CHILD)
        assert ["parsed"] == [result.parse_status for result in await children.parse([b"good"])]


SLEEPER = """
import os, time
from mayfly.children.loop import serve

def answer(frame):
    time.sleep(float(frame))
    return str(os.getpid()).encode()

serve(answer, 5, 256, wall_seconds=5)
"""


async def test_a_pool_grows_while_frames_wait_and_not_before(tmp_path):
    (tmp_path / "sleeper.py").write_text(SLEEPER)
    async with Pool("sleeper", [str(tmp_path / "sleeper.py")], count=2) as pool:
        one_by_one = {await pool.exchange(b"0", 5) for _ in range(5)}
        assert 1 == len(one_by_one)
        # The second process comes while the first sleeps; until it is there, the first answers whoever waits.
        together = set(await asyncio.gather(*(pool.exchange(b"0.05", 5) for _ in range(40))))
        assert (2, True) == (len(together), one_by_one < together)


async def test_a_pool_that_cannot_grow_goes_on_with_what_it_has(tmp_path):
    program = tmp_path / "sleeper.py"
    program.write_text(SLEEPER)
    async with Pool("sleeper", [str(program)], count=3) as pool:
        program.write_text("raise SystemExit(1)")
        assert 1 == len(set(await asyncio.gather(*(pool.exchange(b"0.01", 5) for _ in range(20)))))


async def test_the_pool_is_whole_after_deaths(children):
    await children.parse([b"die"] * 3)
    assert ["x", "y"] == [result.subject for result in await children.parse([b"x", b"y"])]


async def test_a_child_that_was_killed_while_idle_is_replaced(tmp_path):
    (tmp_path / "echo_child.py").write_text(CHILD)
    async with Pool("echo", [str(tmp_path / "echo_child.py")], count=1) as pool:
        parser = ParsePool(pool, seconds=5)
        assert ["x"] == [result.subject for result in await parser.parse([b"x"])]
        for child in pool._living:
            os.kill(child._running.get_pid(), signal.SIGKILL)
        assert ["y"] == [result.subject for result in await parser.parse([b"y"])]
