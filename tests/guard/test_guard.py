"""The guard against work that becomes dearer: what it measures today, and that it can fail."""

import pytest

from bench import guard


def test_no_work_has_become_dearer():
    assert not guard.regressions(guard.read(), guard.tasks())


def test_every_ratio_that_is_written_down_is_measured():
    assert guard.read().keys() == guard.tasks().keys()


@pytest.mark.parametrize("known", [{"twice": 1.0}, {}])
def test_work_that_takes_twice_as_long_or_is_not_known_is_a_regression(known):
    def twice():
        guard.reference()
        guard.reference()

    ((now, then),) = guard.regressions(known, {"twice": twice}).values()
    assert (now > guard.TOLERANCE, then) == (True, known.get("twice", 0.0))


def test_work_as_dear_as_it_was_is_none():
    assert not guard.regressions({"once": 1.0}, {"once": guard.reference})
