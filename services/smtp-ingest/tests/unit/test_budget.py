"""How peers share the memory for octets."""

import asyncio
import random
from types import SimpleNamespace

import pytest

from smtp_ingest.entrypoints.budget import STEP_OCTETS as STEP
from smtp_ingest.entrypoints.budget import OctetBudget


class Room:
    """A budget of some steps, of which a message may have four, on a clock that the test sets."""

    def __init__(self, steps):
        self.clock = SimpleNamespace(now=0.0)
        self.budget = OctetBudget(steps * STEP, 4 * STEP, lambda: self.clock.now)
        self.dropped = []

    def share(self, peer, steps=0, *, exempt=False, name=""):
        share = self.budget.share(peer, exempt=exempt)
        share.measure(0)
        share.give_way = lambda: self.dropped.append(name or peer)
        assert share.covers(steps * STEP)
        return share


def test_octets_are_booked_as_they_come_and_not_as_they_might():
    room = Room(16)
    share = room.share("a")
    assert 0 == room.budget.taken
    assert share.covers(1)
    assert STEP == room.budget.taken
    assert share.covers(3 * STEP + 1)
    assert 4 * STEP == room.budget.taken
    share.give_back()
    assert (0, {}) == (room.budget.taken, room.budget.of_peers)


def test_one_peer_never_takes_everything_however_many_connections_it_has():
    room = Room(16)
    shares = [room.share("a") for _ in range(16)]
    assert [True] * 14 + [False] * 2 == [share.covers(STEP) for share in shares]
    assert room.share("b", 2)
    assert [] == room.dropped


def test_a_peer_may_always_send_the_largest_message():
    room = Room(5)
    assert room.share("a", 4)


def test_an_exempt_peer_takes_everything_while_nobody_else_needs_it():
    room = Room(16)
    room.share("a", 16, exempt=True)
    room.share("b", 1)
    assert ["a"] == room.dropped


def test_the_peer_that_holds_most_gives_way_to_those_that_hold_less():
    room = Room(16)
    for number in range(10):
        room.share("big", 1, name=f"big {number}")
    room.share("middle", 4)
    for _ in range(4):
        room.share("small", 1)
    assert 2 == len(room.dropped)
    assert all(name.startswith("big") for name in room.dropped)


def test_equals_do_not_drop_one_another():
    room = Room(16)
    first, second = room.share("a", 8), room.share("b", 8)
    assert not first.covers(9 * STEP)
    assert not second.covers(9 * STEP)
    assert [] == room.dropped


def test_many_addresses_cannot_keep_a_small_mail_out():
    room = Room(64)
    for number in range(16):
        room.share(f"attacker {number}", 4)
    room.share("a", 1)
    assert 1 == len(room.dropped)


def test_what_cannot_be_dropped_is_not_dropped():
    room = Room(16)
    for peer, steps in (("a", 12), ("b", 4)):
        room.share(peer, steps).give_way = None
    assert not room.share("c").covers(STEP)
    assert 16 * STEP == room.budget.taken


def test_the_slow_give_way_first_even_to_peers_that_hold_more():
    room = Room(16)
    fast, slow, slower = room.share("fast", 8), room.share("slow", 3), room.share("slower", 5)
    room.clock.now = 10.0
    for share, octets in ((fast, 81_921), (slow, 50_000), (slower, 60_000)):
        share.measure(octets)
    assert fast.covers(9 * STEP)
    assert ["slower"] == room.dropped


def test_a_pause_after_a_burst_makes_slow_and_a_new_burst_makes_fast_again():
    room = Room(16)
    share = room.share("a")
    share.measure(10**6)
    room.clock.now = 9.9
    assert not share.is_slow(9.9)
    room.clock.now = 11.0
    share.measure(10**6)
    assert not share.is_slow(20.0)
    assert share.is_slow(21.0)
    room.clock.now = 21.5
    share.measure(10**6 + 10**5)
    assert [False, True] == [share.is_slow(now) for now in (31.4, 31.5)]


def test_over_its_part_a_peer_drops_only_its_own_slow_messages():
    room = Room(16)
    room.share("b", 2, name="b")
    slow = room.share("a", 7, name="slow")
    fast = room.share("a", 7, name="fast")
    room.clock.now = 10.0
    fast.measure(10**6)
    slow.measure(100)
    assert fast.covers(8 * STEP)
    assert ["slow"] == room.dropped


async def test_room_goes_first_to_the_peer_that_holds_least():
    room = Room(16)
    held = [room.share(peer, 4) for peer in "aabb"]
    for share in held:
        share.give_way = None
    order = []

    async def wait(peer):
        share = room.budget.share(peer)
        assert await room.budget.wait(share, 5)
        order.append(peer)

    waiting = [asyncio.create_task(wait(peer)) for peer in ("a", "b", "c")]
    await asyncio.sleep(0)
    held[0].give_back()
    await asyncio.gather(*waiting)
    assert "c" == order[0]


async def test_who_waits_too_long_gets_nothing_and_holds_nothing():
    room = Room(16)
    held = [room.share(peer, 8) for peer in "ab"]
    for share in held:
        share.give_way = None
    late = room.budget.share("c")
    assert not await room.budget.wait(late, 0.01)
    held[0].give_back()
    assert (8 * STEP, 0) == (room.budget.taken, late.octets)


async def test_who_waits_gets_the_room_of_those_who_have_become_slow():
    room = Room(16)
    room.share("a", 8), room.share("b", 8)
    late = room.budget.share("b")
    waiting = asyncio.create_task(room.budget.wait(late, 5))
    await asyncio.sleep(0)
    room.clock.now = 11.0
    room.budget.serve()
    assert await waiting
    assert 1 == len(room.dropped)


async def test_who_leaves_while_waiting_holds_nothing():
    room = Room(16)
    held = [room.share(peer, 8) for peer in "ab"]
    for share in held:
        share.give_way = None
    waiting = asyncio.create_task(room.budget.wait(room.budget.share("c"), 5))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    held[0].give_back()
    assert 8 * STEP == room.budget.taken


def test_the_books_are_right_after_any_history():
    chance = random.Random(11)
    room = Room(64)
    shares = [room.share(f"peer {number % 7}") for number in range(40)]
    sizes = dict.fromkeys(shares, 0)
    for share in shares:
        share.give_way = lambda share=share: sizes.update({share: 0})
    for _ in range(20_000):
        room.clock.now += chance.random()
        share = chance.choice(shares)
        if chance.random() < 0.2:
            share.give_back()
            sizes[share] = 0
        else:
            wanted = sizes[share] + chance.randrange(2 * STEP)
            share.measure(wanted)
            if share.covers(wanted):
                sizes[share] = wanted
        assert room.budget.taken == sum(share.octets for share in shares) <= 64 * STEP
        assert all(size <= share.octets for share, size in sizes.items())
    for share in shares:
        share.give_back()
    assert (0, {}) == (room.budget.taken, room.budget.of_peers)
