"""Questions of one group are answered together, and never with something older than the question."""

import asyncio

import pytest

from mayfly.service.coalescer import Coalescer, batched, lane_of


class Store:
    """Answers with how often it was asked; an operation lasts until it is allowed to end."""

    def __init__(self):
        self.operations = []
        self.go = asyncio.Event()

    async def ask(self, group, questions):
        number = len(self.operations)
        self.operations.append((group, list(questions)))
        await self.go.wait()
        return [(number, question) for question in questions]


async def test_those_who_ask_while_one_is_under_way_share_the_next_and_none_joins_the_first():
    store = Store()
    coalescer = Coalescer(store.ask)
    first = asyncio.create_task(coalescer.get("group", "a"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    later = [asyncio.create_task(coalescer.get("group", name)) for name in "bc"]
    await asyncio.sleep(0)
    store.go.set()
    assert (0, "a") == await first
    assert [(1, "b"), (1, "c")] == await asyncio.gather(*later)
    assert [("group", ["a"]), ("group", ["b", "c"])] == store.operations


async def test_groups_do_not_wait_for_each_other():
    store = Store()
    coalescer = Coalescer(store.ask)
    asked = [asyncio.create_task(coalescer.get(lane, "q")) for lane in ("one", "two")]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert 2 == len(store.operations)
    store.go.set()
    await asyncio.gather(*asked)


async def test_a_failure_reaches_everyone_it_was_asked_for_and_nobody_else():
    asked = []

    async def ask(_, questions):
        asked.append(questions)
        if len(asked) == 1:
            raise OSError("gone")
        return questions

    coalescer = Coalescer(ask)
    with pytest.raises(OSError, match="gone"):
        await coalescer.get("group", "a")
    assert "b" == await coalescer.get("group", "b")


async def test_one_of_a_batch_can_fail_alone():
    async def ask(_, questions):
        return [ValueError(question) if question == "bad" else question for question in questions]

    coalescer = Coalescer(ask)
    good, bad = await asyncio.gather(coalescer.get("g", "good"), coalescer.get("g", "bad"), return_exceptions=True)
    assert "good" == good
    assert isinstance(bad, ValueError)


async def test_who_gives_up_does_not_hold_up_the_others():
    store = Store()
    coalescer = Coalescer(store.ask)
    gives_up, stays = (asyncio.create_task(coalescer.get("group", name)) for name in "ab")
    await asyncio.sleep(0)
    gives_up.cancel()
    store.go.set()
    assert "b" == (await stays)[1]


async def test_a_question_is_not_answered_from_what_was_read_before_it():
    state, gate, asked = {"a": 1}, asyncio.Event(), []

    async def ask(_, questions):
        asked.append(questions)
        answers = [state[question] for question in questions]
        if len(asked) == 1:
            await gate.wait()
        return answers

    coalescer = Coalescer(ask)
    first = asyncio.create_task(coalescer.get(None, "a"))
    await asyncio.sleep(0.01)
    state["a"] = 2
    second = asyncio.create_task(coalescer.get(None, "a"))
    await asyncio.sleep(0.01)
    gate.set()
    assert [1, 2] == [await first, await second]


def test_questions_are_batched_each_once_and_a_few_at_a_time():
    batches = list(batched([*range(20), *range(20)]))
    assert [list(range(16)), [16, 17, 18, 19]] == batches
    assert [] == list(batched([]))


def test_names_are_spread_over_few_lanes():
    assert {0, 1} == {lane_of(str(number)) for number in range(100)}
