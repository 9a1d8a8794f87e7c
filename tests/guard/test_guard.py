"""The guard against work that becomes dearer: what it measures today, and that it can fail."""

import pytest

from bench import guard


def test_no_work_has_become_dearer():
    assert not guard.regressions(guard.read())


def test_every_ratio_that_is_written_down_is_measured():
    assert guard.read().keys() == guard.tasks().keys()


@pytest.mark.parametrize("known", [{"twice": 1.0}, {}])
def test_work_that_takes_twice_as_long_or_is_not_known_is_a_regression(monkeypatch, known):
    def twice():
        guard.reference()
        guard.reference()

    monkeypatch.setattr(guard, "tasks", lambda: {"twice": twice})
    ((now, then),) = guard.regressions(known).values()
    assert (now > guard.TOLERANCE, then) == (True, known.get("twice", 0.0))


def test_work_as_dear_as_it_was_is_none(monkeypatch):
    monkeypatch.setattr(guard, "tasks", lambda: {"once": guard.reference})
    assert not guard.regressions({"once": 1.0})
