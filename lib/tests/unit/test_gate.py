"""When a consumer may fetch: freely, not during a pause, and one event at a time after it."""

import asyncio

from mayfly.bus.gate import Gate

PAUSES = {"outage": (1.0, 4.0), "dead_letters": (60.0, 900.0)}


class Clock:
    def __init__(self) -> None:
        self.time = 100.0

    def __call__(self) -> float:
        return self.time


def gate() -> tuple[Gate, Clock]:
    clock = Clock()
    return Gate("test", PAUSES, clock), clock


def test_pauses_double_up_to_the_longest_while_trials_fail():
    shut, clock = gate()
    pauses = []
    for _ in range(4):
        assert shut.shut("outage")
        pauses.append(shut.seconds_to_trial)
        clock.time += pauses[-1]
    assert [1, 2, 4, 4] == pauses


def test_batches_that_fail_during_a_pause_do_not_prolong_it():
    shut, clock = gate()
    shut.shut("outage")
    clock.time += 0.5
    assert not shut.shut("outage")
    assert 0.5 == shut.seconds_to_trial


def test_a_passed_trial_forgets_the_pauses_and_an_empty_one_does_not():
    shut, clock = gate()
    shut.shut("outage")
    clock.time += 1
    shut.relax()
    assert shut.cause is None
    shut.shut("outage")
    assert 2 == shut.seconds_to_trial
    shut.open()
    shut.shut("outage")
    assert 1 == shut.seconds_to_trial


def test_an_outage_does_not_take_the_place_of_too_many_dead_letters():
    shut, clock = gate()
    shut.shut("outage")
    assert shut.shut("dead_letters")
    clock.time += 60
    shut.shut("outage")
    assert ("dead_letters", 120) == (shut.cause, shut.seconds_to_trial)


async def test_one_reader_tries_while_the_others_wait_for_what_comes_of_it():
    shut, _ = gate()
    shut.distrust()
    stop, trials = asyncio.Event(), []

    async def read() -> None:
        async with shut.trial(stop) as is_due:
            trials.append(is_due)
            await asyncio.sleep(0)
            shut.open()

    await asyncio.gather(*(read() for _ in range(3)))
    assert [True, False, False] == trials


async def test_a_pause_ends_when_the_process_stops():
    shut, _ = gate()
    shut.shut("dead_letters")
    stop = asyncio.Event()
    stop.set()
    async with asyncio.timeout(5), shut.trial(stop) as is_due:
        assert not is_due
