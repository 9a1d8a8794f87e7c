"""The judge of `make chaos-cluster` can say no: each kind of damage fails the experiment."""

from collections import Counter
from pathlib import Path

import pytest

from chaos.cluster import Cluster, Fault, Sent, recovery, report


def mail(token, begun, result="accepted", ended=None, readable=None):
    return Sent(token, begun, ended or begun + 0.1, result, readable)


def judge(sent, events, stored):
    running = Cluster(Path("/nowhere"), {}, sent=sent)
    return report(running, events, Counter(stored), [Fault("the fault", 10.0)])


ONE = {"a": [10.2]}


@pytest.mark.parametrize(
    ("verdict", "sent", "events", "stored"),
    [
        (True, [mail("a", 10)], ONE, {"a": 1}),
        (False, [mail("a", 10)], {}, {}),
        (False, [mail("a", 10)], ONE, {"a": 2}),
        (False, [mail("a", 10)], {"a": [10.2, 10.4]}, {"a": 1}),
        (False, [mail("a", 10)], {}, {"a": 1}),
        (True, [mail("a", 10, "unclear")], {}, {}),
        (True, [mail("a", 10, "unclear")], ONE, {"a": 1}),
        (False, [mail("a", 10, "unclear")], {"a": [10.2, 10.3]}, {"a": 2}),
        (True, [mail("a", 10, "refused")], {}, {}),
    ],
    ids=[
        "well",
        "lost",
        "stored twice",
        "told twice",
        "not told",
        "unclear and gone",
        "unclear and there",
        "unclear, doubled",
        "refused",
    ],
)
def test_only_what_was_acknowledged_must_be_there_and_nothing_twice(verdict, sent, events, stored):
    assert verdict is judge(sent, events, stored)


def test_recovery_ends_with_the_first_mail_after_the_last_bad_one():
    sent = [mail(str(n), 10 + n, "refused" if n < 4 else "accepted", readable=10.2 + n) for n in range(10)]
    assert (4.0, 4) == recovery(Fault("", 10.0), 20.0, sent)


def test_a_mail_in_flight_counts_for_the_fault_that_decided_it():
    in_flight = mail("a", 9.9, "unclear", ended=14.9)
    assert (0.0, 0) == recovery(Fault("before", 0.0), 10.0, [in_flight])
    assert 1 == recovery(Fault("after", 10.0), 20.0, [in_flight, mail("b", 12.0, readable=12.1)])[1]


def test_a_mail_that_is_readable_late_is_no_recovery():
    late = mail("late", 11.0, readable=17.0)
    assert (2.0, 0) == recovery(Fault("", 10.0), 20.0, [late, mail("b", 12.0, readable=12.1)])
