"""Restart delays, and the words for an end."""

from itertools import pairwise

from mayfly_local.processes import RESTART_DELAYS, STABLE_AFTER, Backoff, describe


def test_the_first_restart_is_immediate():
    assert Backoff().delay_after(lived=0.1) == 0


def test_delays_grow_to_ten_seconds_while_it_keeps_dying_young():
    backoff = Backoff()
    delays = [backoff.delay_after(lived=1) for _ in range(len(RESTART_DELAYS) + 3)]
    assert all(earlier <= later for earlier, later in pairwise(delays))
    assert delays[-3:] == [10, 10, 10]


def test_a_long_life_makes_the_next_restart_immediate_again():
    backoff = Backoff()
    for _ in range(5):
        backoff.delay_after(lived=1)
    assert backoff.delay_after(lived=STABLE_AFTER) == 0
    assert backoff.delay_after(lived=1) > 0


def test_an_end_is_told_in_words():
    assert describe(-9) == "was killed by SIGKILL"
    assert describe(3) == "ended with exit code 3"
