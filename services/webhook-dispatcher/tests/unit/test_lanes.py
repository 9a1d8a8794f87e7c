"""Who may be called now, and when to ask again."""

import pytest

from webhook_dispatcher.domain.lanes import Bounds, Lanes, Place

BOUNDS = Bounds(healthy=8, suspect=4, per_account=6, per_endpoint=2)


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
    return Lanes(BOUNDS, now, lambda: 0.5)


def fill(lanes: Lanes, account: str, attempts: int, *, is_failing: bool = False) -> list[Place]:
    """Places for as many endpoints of the account as get one."""
    asked = [lanes.enter(f"{account}-{number}", account, is_failing=is_failing) for number in range(attempts)]
    return [place for place in asked if isinstance(place, Place)]


def test_an_endpoint_takes_no_more_than_its_bound_until_one_leaves(lanes):
    first, second = (lanes.enter("e", "a", is_failing=False) for _ in range(2))
    assert isinstance(lanes.enter("e", "a", is_failing=False), float)
    lanes.leave(first, 0.1)
    assert isinstance(lanes.enter("e", "a", is_failing=False), Place)
    assert isinstance(second, Place)


def test_an_account_alone_takes_up_to_its_bound(lanes):
    assert 6 == len(fill(lanes, "greedy", 20))


def test_accounts_get_even_shares_of_a_full_pool(lanes):
    held = fill(lanes, "greedy", 20)
    assert 2 == len(fill(lanes, "modest", 20))
    for place in held:
        lanes.leave(place, 0.1)
    assert 4 == len(fill(lanes, "greedy", 20)), "now that another holds some, half of the pool"


def test_failing_endpoints_never_take_a_place_from_answering_ones(lanes):
    assert 4 == len(fill(lanes, "dead", 100, is_failing=True))
    assert 6 == len(fill(lanes, "well", 20))


def test_a_slow_endpoint_becomes_suspect_and_comes_back_when_it_is_quick(lanes):
    for _ in range(9):
        lanes.leave(lanes.enter("slow", "a", is_failing=False), 15.0)
    assert lanes.enter("slow", "a", is_failing=False).suspect
    for _ in range(30):
        place = lanes.enter("slow", "a", is_failing=False)
        lanes.leave(place, 0.01)
    assert not lanes.enter("slow", "a", is_failing=False).suspect


def test_turns_are_handed_out_one_after_another_at_the_endpoints_pace(lanes, now):
    fill(lanes, "a", 1)
    lanes.enter("a-0", "a", is_failing=False)
    waits = [lanes.enter("a-0", "a", is_failing=False) for _ in range(3)]
    assert [0.05, 0.1, 0.15] == [round(wait, 6) for wait in waits]
    now.seconds += 1
    assert 0.05 == round(lanes.enter("a-0", "a", is_failing=False), 6), "turns that are past are not waited for"


def test_no_wait_is_longer_than_a_minute_however_many_wait(lanes):
    for _ in range(2):
        lanes.enter("dead", "a", is_failing=True)
    waits = [lanes.enter("dead", "a", is_failing=True) for _ in range(5000)]
    assert 60 >= max(waits)
    assert 45.0 == waits[-1], "those far back are spread between half a minute and one"


def test_an_endpoint_that_has_come_to_rest_takes_no_memory(lanes, now):
    for number in range(100):
        lanes.leave(lanes.enter(f"e{number}", "a", is_failing=False), 0.01)
    now.seconds += 1
    assert {} == lanes._endpoints
