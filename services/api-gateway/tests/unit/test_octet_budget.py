"""The budget of octets: a share for each holder, room for small bodies, and the slowest goes first."""

import asyncio

import pytest

from api_gateway.edge.octet_budget import SMALL_OCTETS, Hold, OctetBudget
from api_gateway.refusals import LimitExceeded
from mayfly.failures import TransientFailure

MIB = 1024 * 1024


class Now:
    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def budget(seconds: float = 0.0, now: Now | None = None) -> OctetBudget:
    return OctetBudget(total=80 * MIB, per_holder=30 * MIB, seconds=seconds, clock=now or Now())


async def held(of: OctetBudget, holder: str, octets: int) -> Hold:
    hold = of.hold(holder)
    await of.take(hold, octets)
    return hold


async def test_one_holder_has_no_more_than_its_share_and_the_others_go_on():
    of = budget()
    first = await held(of, "a", 20 * MIB)
    with pytest.raises(LimitExceeded, match="your other calls hold") as refused:
        await held(of, "a", 20 * MIB)
    assert refused.value.retry_after
    await held(of, "b", 20 * MIB)
    of.release(first)
    of.release(first)
    await held(of, "a", 30 * MIB)


async def test_all_together_have_no_more_than_the_total():
    of = budget()
    for holder in "ab":
        await held(of, holder, 30 * MIB)
    with pytest.raises(TransientFailure) as refused:
        await held(of, "c", 30 * MIB)
    assert refused.value.retry_after


async def test_small_bodies_find_room_when_large_ones_do_not():
    of = budget()
    for holder in "ab":
        await held(of, holder, 30 * MIB)
    await held(of, "c", 10 * MIB)
    await held(of, "a", SMALL_OCTETS)
    with pytest.raises(TransientFailure):
        await held(of, "d", SMALL_OCTETS + 1)


async def test_a_body_that_grows_is_bounded_like_one_that_was_announced():
    of = budget()
    hold = of.hold("a")
    for _ in range(29):
        await of.take(hold, MIB)
    await held(of, "a", MIB)
    with pytest.raises(LimitExceeded):
        await of.take(hold, MIB)


async def test_the_slowest_is_given_up_when_others_wait_and_nobody_else():
    now, given_up = Now(), []
    of = budget(60, now)
    holds = {}
    for holder, moved in (("slow", 5), ("slowest", 1), ("done", 0)):
        hold = holds[holder] = await held(of, holder, 20 * MIB)
        hold.moved = moved

        def give_up(holder: str = holder) -> None:
            given_up.append(holder)
            of.release(holds[holder])

        hold.give_up = None if holder == "done" else give_up
    now.seconds = 5
    await held(of, "new", 20 * MIB)
    assert ["slowest"] == given_up


async def test_however_many_wait_no_more_are_given_up_than_are_in_the_way():
    now, given_up = Now(), []
    of = budget(60, now)
    for holder in "abc":
        hold = await held(of, holder, 23 * MIB)

        def give_up(hold: Hold = hold) -> None:
            given_up.append(hold.holder)
            asyncio.get_running_loop().call_later(0.01, of.release, hold)  # its client hears 408 first

        hold.give_up = give_up
    now.seconds = 5
    await asyncio.gather(*(held(of, f"new {number}", 2 * MIB) for number in range(8)))
    assert 1 == len(given_up)


async def test_who_waits_gets_the_room_that_another_gives_back():
    of = budget(60)
    first = await held(of, "a", 30 * MIB)
    waiting = asyncio.create_task(held(of, "a", 30 * MIB))
    await asyncio.sleep(0)
    assert not waiting.done()
    of.release(first)
    assert 30 * MIB == (await waiting).octets == of.held


async def test_who_leaves_while_waiting_holds_nothing():
    of = budget(60)
    first = await held(of, "a", 30 * MIB)
    hold = of.hold("a")
    waiting = asyncio.create_task(of.take(hold, 30 * MIB))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    of.release(hold)
    of.release(first)
    assert 0 == of.held
