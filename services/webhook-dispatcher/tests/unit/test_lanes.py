"""Who may be called now, and when to ask again."""

import pytest

from webhook_dispatcher.domain.lanes import LaneLimits, Lanes, Slot

LIMITS = LaneLimits(
    healthy=8, suspect=4, per_account=6, per_endpoint=2, per_suspect=1, suspects_per_second=10, suspect_interval=0.5
)


class Now:
    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def now() -> Now:
    return Now()


@pytest.fixture
def lanes(now: Now) -> Lanes:
    return Lanes(LIMITS, now, lambda: 0.5)


def fill(lanes: Lanes, account: str, attempts: int, *, is_failing: bool = False) -> list[Slot]:
    """Slots for as many endpoints of the account as get one."""
    names = [f"{account}-{number}" for number in range(attempts)]
    for name in names if is_failing else ():
        lanes.note(name, is_failing=True)
    asked = [lanes.enter(name, account) for name in names]
    return [slot for slot in asked if isinstance(slot, Slot)]


def test_an_endpoint_takes_no_more_than_its_limit_until_one_leaves(lanes):
    first, second = (lanes.enter("e", "a") for _ in range(2))
    assert isinstance(lanes.enter("e", "a"), float)
    first.leave()
    assert isinstance(lanes.enter("e", "a"), Slot)
    assert isinstance(second, Slot)


def test_a_slot_that_is_left_twice_or_dropped_counts_once(lanes):
    first, second = (lanes.enter("e", "a") for _ in range(2))
    first.leave()
    first.leave()
    third = lanes.enter("e", "a")
    assert isinstance(lanes.enter("e", "a"), float)
    del third
    assert isinstance(lanes.enter("e", "a"), Slot)
    assert isinstance(second, Slot)


def test_an_account_alone_takes_up_to_its_limit(lanes):
    assert 6 == len(fill(lanes, "greedy", 20))


def test_accounts_get_even_shares_of_a_full_pool(lanes):
    held, modest = fill(lanes, "greedy", 20), fill(lanes, "modest", 20)
    assert 2 == len(modest)
    for slot in held:
        slot.leave()
    assert 4 == len(fill(lanes, "greedy", 20)), "now that another holds some, half of the pool"


def test_failing_endpoints_never_take_a_slot_from_answering_ones(lanes):
    dead = fill(lanes, "dead", 9, is_failing=True)
    assert 4 == len(dead)
    assert 6 == len(fill(lanes, "well", 20))


def test_attempts_for_failing_endpoints_begin_at_a_bounded_rate(lanes, now):
    lanes.note("dead", is_failing=True)

    def attempts() -> int:
        made = 0
        while isinstance(slot := lanes.enter("dead", "a"), Slot):
            slot.leave()
            made += 1
        return made

    assert [10, 0] == [attempts(), attempts()]
    now.seconds += 0.5
    assert 5 == attempts()


def test_one_success_takes_an_endpoint_out_of_the_suspects(lanes):
    lanes.note("e", is_failing=True)
    assert lanes.enter("e", "a").suspect
    lanes.note("e", is_failing=False)
    assert not lanes.enter("e", "a").suspect


def test_a_slow_endpoint_becomes_suspect_and_comes_back_when_it_is_quick(lanes):
    lanes.note("slow", seconds=15.0, is_failing=False)
    slot = lanes.enter("slow", "a")
    assert slot.suspect
    slot.leave()
    for _ in range(20):
        lanes.note("slow", seconds=0.01, is_failing=False)
    assert not lanes.enter("slow", "a").suspect


def test_turns_are_handed_out_one_after_another_at_the_endpoints_pace(lanes, now):
    held = [lanes.enter("e", "a") for _ in range(2)]
    waits = [lanes.enter("e", "a") for _ in range(3)]
    assert [0.05, 0.1, 0.15] == [round(wait, 6) for wait in waits]
    now.seconds += 1
    assert 0.05 == round(lanes.enter("e", "a"), 6), "turns that are past are not waited for"
    assert all(isinstance(slot, Slot) for slot in held)


def test_a_failing_endpoint_is_left_in_peace_between_attempts_however_quickly_it_fails(lanes):
    lanes.note("e", seconds=0.001, is_failing=True)
    held = lanes.enter("e", "a")
    assert isinstance(held, Slot)
    assert [0.5, 1.0] == [lanes.enter("e", "a"), lanes.enter("e", "a")]


def test_no_wait_is_longer_than_a_minute_however_many_wait(lanes):
    lanes.note("dead", is_failing=True)
    held = lanes.enter("dead", "a")
    assert isinstance(held, Slot)
    waits = [lanes.enter("dead", "a") for _ in range(5000)]
    assert 60 >= max(waits)
    assert 45.0 == waits[-1], "those far back are spread between half a minute and one"


def test_endpoints_at_rest_are_forgotten_before_they_take_much_memory(lanes, now):
    for number in range(20_001):
        lanes.note(f"e{number}", is_failing=False)
    lanes.enter("e1", "a").leave()
    assert len(lanes._endpoints) <= 1


def prove(lanes: Lanes, *endpoints: str) -> None:
    for endpoint in endpoints:
        lanes.note(endpoint, seconds=0.01, is_failing=False)


def test_an_endpoint_is_proven_by_a_delivery_and_no_longer_by_a_failure(lanes):
    assert not lanes.is_proven("e")
    prove(lanes, "e")
    assert lanes.is_proven("e")
    lanes.note("e", is_failing=True)
    assert (False, True) == (lanes.is_proven("e"), lanes.is_suspect("e"))


def test_endpoints_that_nobody_knows_never_take_a_slot_from_proven_ones(lanes):
    names = [f"well-{number}" for number in range(6)]
    prove(lanes, *names)
    held = [lanes.enter(f"new-{number}", f"account-{number}") for number in range(20)]
    assert 8 == len([slot for slot in held if isinstance(slot, Slot)])
    assert [True] * 6 == [isinstance(lanes.enter(name, name), Slot) for name in names]


def test_an_attempt_that_takes_long_gives_its_place_among_the_answering_back(lanes, now):
    names = [f"well-{number}" for number in range(9)]
    prove(lanes, *names)
    held = [lanes.enter(name, name) for name in names[:8]]
    assert isinstance(lanes.enter("well-8", "well-8"), float)
    now.seconds += 1.1
    last = lanes.enter("well-8", "well-8")
    assert isinstance(last, Slot)
    for slot in held:
        slot.leave()
    assert 4 == len(fill(lanes, "dead", 9, is_failing=True)), "the places among the suspects are free again too"


def test_an_endpoint_of_which_nothing_ends_for_a_second_is_suspect_until_something_does(lanes, now):
    prove(lanes, "e")
    first, second = (lanes.enter("e", "a") for _ in range(2))
    now.seconds += 0.9
    assert lanes.is_proven("e")
    now.seconds += 0.2
    assert (False, True) == (lanes.is_proven("e"), lanes.is_suspect("e"))
    first.leave()
    assert lanes.is_proven("e")
    second.leave()
    now.seconds += 60
    assert lanes.is_proven("e"), "an endpoint at rest is not stuck"


def test_no_more_than_the_limit_of_the_process_run_however_slow_they_are(now):
    lanes = Lanes(LaneLimits(healthy=8, in_all=20, per_endpoint=1), now, lambda: 0.5)
    names = [f"e{number}" for number in range(40)]
    prove(lanes, *names)
    held = []
    for name in names:
        held.append(lanes.enter(name, name))
        now.seconds += 0.2
    assert 20 == len([slot for slot in held if isinstance(slot, Slot)])


def test_one_that_failed_before_this_process_began_is_suspect_until_it_is_known_better(lanes):
    lanes.note_failing_before("dead")
    assert lanes.enter("dead", "a").suspect
    prove(lanes, "well")
    lanes.note_failing_before("well")
    assert lanes.is_proven("well")
