"""Turns: a place is passed on in rotation over those who wait, and never lost."""

import asyncio

import pytest

from api_gateway.edge.turns import Turns
from mayfly.failures import TransientFailure


async def take(turns: Turns, holder: str, served: list[str]) -> None:
    async with turns.turn(holder, 10):
        served.append(holder)
        await asyncio.sleep(0)


async def test_who_asks_for_many_makes_the_others_wait_for_one():
    turns, served = Turns(1), []
    asking = ["greedy"] * 5 + ["modest", "third", "modest"]
    await asyncio.gather(*(take(turns, holder, served) for holder in asking))
    assert ["greedy", "greedy", "modest", "third", "greedy", "modest", "greedy", "greedy"] == served


async def test_no_more_than_the_places_are_held_at_once():
    turns, held, most = Turns(3), 0, 0

    async def hold() -> None:
        nonlocal held, most
        async with turns.turn("one", 10):
            held += 1
            most = max(most, held)
            await asyncio.sleep(0)
            held -= 1

    await asyncio.gather(*(hold() for _ in range(20)))
    assert 3 == most


async def test_a_turn_that_does_not_come_in_time_is_a_transient_failure():
    turns = Turns(1)
    async with turns.turn("one", 10):
        with pytest.raises(TransientFailure):
            async with turns.turn("two", 0):
                pass
    async with turns.turn("three", 0):
        pass


async def test_those_who_give_up_lose_no_place():
    turns, served = Turns(1), []
    async with turns.turn("one", 10):
        waiting = [asyncio.create_task(take(turns, holder, served)) for holder in "abcabc"]
        await asyncio.sleep(0)
        waiting[0].cancel()
        waiting[4].cancel()
    waiting[1].cancel()  # in the moment in which it may be granted
    await asyncio.gather(*waiting, return_exceptions=True)
    assert ["a", "c", "c"] == sorted(served)
    await take(turns, "last", served)
    assert {} == turns._waiting
