"""Which step of a fault plan applies, by count and by chance."""

from itertools import repeat
from random import Random

import msgspec
import pytest

from mayfly.records.fault_plan import FaultPlan, FaultStep


def chances(*numbers):
    return iter(numbers).__next__


NEVER = repeat(0.999).__next__


def test_steps_apply_one_after_the_other():
    first, second = FaultStep(times=2, code=451), FaultStep(times=1, at="rcpt", code=550)
    plan = FaultPlan(steps=(first, second))
    assert [first, first, second, None] == [plan.step(number, NEVER) for number in range(1, 5)]


def test_a_step_strikes_by_its_probability():
    step = FaultStep(code=451, probability=30)
    plan = FaultPlan(steps=(step,))
    assert [step, step, None, None] == [plan.step(1, chances(chance)) for chance in (0.0, 0.299, 0.3, 0.999)]


def test_what_a_counted_step_spares_is_counted_all_the_same():
    step = FaultStep(times=2, code=451, probability=50)
    plan = FaultPlan(steps=(step,))
    assert [None, step, None] == [
        plan.step(number, chances(chance)) for number, chance in ((1, 0.9), (2, 0.1), (3, 0.1))
    ]


def test_of_the_last_steps_the_first_applies_that_strikes():
    counted, rare, often = (
        FaultStep(times=1, code=452),
        FaultStep(code=451, probability=10),
        FaultStep(code=550, probability=50),
    )
    plan = FaultPlan(steps=(counted, rare, often))
    assert counted == plan.step(1, NEVER)
    assert rare == plan.step(2, chances(0.05))
    assert often == plan.step(2, chances(0.2, 0.4))
    assert plan.step(2, chances(0.2, 0.6)) is None


def test_a_seed_repeats_what_happens():
    plan = FaultPlan(steps=(FaultStep(code=451, probability=40),))

    def struck(seed):
        chance = Random(seed).random
        return [plan.step(number, chance) is not None for number in range(1, 101)]

    assert struck(7) == struck(7)
    assert struck(7) != struck(8)
    assert 25 < sum(struck(7)) < 55


def test_steps_at_mail_and_auth_stand_beside_the_count():
    mail, auth = FaultStep(at="mail", code=452, probability=50), FaultStep(at="auth", code=535)
    plan = FaultPlan(steps=(mail, auth))
    assert [mail, None] == [plan.standing("mail", chances(chance)) for chance in (0.1, 0.6)]
    assert auth == plan.standing("auth", NEVER)
    assert plan.step(1, chances(0.0)) is None
    assert plan.is_used_up


@pytest.mark.parametrize(
    ("step", "seen", "expected"),
    [
        (FaultStep(times=2, code=451), 1, False),
        (FaultStep(times=2, code=451), 2, True),
        (FaultStep(code=451), 1_000, False),
        (FaultStep(code=451, probability=1), 1_000, False),
        (FaultStep(code=451, probability=0), 0, True),
    ],
)
def test_a_plan_is_used_up_when_nothing_can_happen_any_more(step, seen, expected):
    assert expected == FaultPlan(steps=(step,), seen=seen).is_used_up


@pytest.mark.parametrize(
    ("steps", "reason"),
    [
        ([{"code": 451}, {"times": 1, "code": 451}], "only the last steps may leave out times"),
        ([{"times": 1, "at": "mail", "code": 451}], "only for steps at rcpt or data"),
        ([{"code": 451, "probability": 101}], "<= 100"),
        ([{"code": 451, "probability": -1}], ">= 0"),
        ([{"code": 451, "probability": 0.5}], "Expected `int | null`"),
    ],
)
def test_plans_that_make_no_sense(steps, reason):
    with pytest.raises(msgspec.ValidationError, match=reason):
        msgspec.convert({"steps": steps}, FaultPlan)
