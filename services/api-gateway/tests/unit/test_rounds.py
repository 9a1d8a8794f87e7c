"""Questions are answered in rounds, and never with something older than the question."""

import asyncio

import pytest

from api_gateway.edge.coalescer import Coalescer


class Store:
    """Answers with how often it was asked; an operation lasts until it is let go."""

    def __init__(self):
        self.rounds = []
        self.go = asyncio.Event()

    async def ask(self, lane, questions):
        number = len(self.rounds)
        self.rounds.append((lane, list(questions)))
        await self.go.wait()
        return [(number, question) for question in questions]


async def test_those_who_ask_while_one_is_under_way_share_the_next_and_none_joins_the_first():
    store = Store()
    rounds = Coalescer(store.ask)
    first = asyncio.create_task(rounds.get("lane", "a"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    later = [asyncio.create_task(rounds.get("lane", name)) for name in "bc"]
    await asyncio.sleep(0)
    store.go.set()
    assert (0, "a") == await first
    assert [(1, "b"), (1, "c")] == await asyncio.gather(*later)
    assert [("lane", ["a"]), ("lane", ["b", "c"])] == store.rounds


async def test_lanes_do_not_wait_for_each_other():
    store = Store()
    rounds = Coalescer(store.ask)
    asked = [asyncio.create_task(rounds.get(lane, "q")) for lane in ("one", "two")]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert 2 == len(store.rounds)
    store.go.set()
    await asyncio.gather(*asked)


async def test_a_failure_reaches_everyone_of_its_round_and_nobody_else():
    asked = []

    async def ask(_, questions):
        asked.append(questions)
        if len(asked) == 1:
            raise OSError("gone")
        return questions

    rounds = Coalescer(ask)
    with pytest.raises(OSError, match="gone"):
        await rounds.get("lane", "a")
    assert "b" == await rounds.get("lane", "b")


async def test_one_of_a_round_can_fail_alone():
    async def ask(_, questions):
        return [ValueError(question) if question == "bad" else question for question in questions]

    rounds = Coalescer(ask)
    good, bad = await asyncio.gather(rounds.get("l", "good"), rounds.get("l", "bad"), return_exceptions=True)
    assert "good" == good
    assert isinstance(bad, ValueError)


async def test_who_gives_up_does_not_hold_up_the_others():
    store = Store()
    rounds = Coalescer(store.ask)
    gives_up, stays = (asyncio.create_task(rounds.get("lane", name)) for name in "ab")
    await asyncio.sleep(0)
    gives_up.cancel()
    store.go.set()
    assert "b" == (await stays)[1]
