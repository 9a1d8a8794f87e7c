"""Mayfly answers Mailpit's and MailHog's API as a real Mailpit and MailHog did, key by key.

Their answers were recorded by `make mailpit-facts` and `make mailhog-facts`; BENCH_MAILPIT and BENCH_MAILHOG name programs
with which the records are compared anew.
"""

import os

import pytest

from tests.system.mailpit import differences
from tests.system.mailpit.collecting import Collector
from tests.system.mailpit.facts import ABSENT, Difference, judged, read, unequal, with_meant
from tests.system.mailpit.listening import told
from tests.system.mailpit.mailhog import MailHogCollector
from tests.system.mailpit.manners import shown
from tests.system.mailpit.server import mailhog, mailpit


def prove_equal(theirs, ours, meant):
    unmeant, unneeded = judged(theirs, ours, meant)
    assert not unmeant, f"{len(unmeant)} differences that differences.py does not name:\n" + "\n".join(unmeant)
    assert [] == unneeded


def test_answers_equal_those_of_a_mailpit(door):
    theirs = {subject: answers for subject, answers in read("mailpit").items() if subject not in {"events", "manners"}}
    prove_equal(theirs, Collector(door).everything(), differences.MAILPIT)


def test_manners_equal_those_of_a_mailpit(door):
    prove_equal(read("mailpit")["manners"], shown(door), differences.MANNERS)


def test_events_equal_those_of_a_mailpit(door):
    theirs = read("mailpit")["events"]
    prove_equal(theirs, told(door, with_meant(theirs, differences.EVENTS)), differences.EVENTS)


def test_answers_equal_those_of_a_mailhog(door):
    prove_equal(read("mailhog"), MailHogCollector(door).everything(), differences.MAILHOG)


@pytest.mark.skipif("BENCH_MAILPIT" not in os.environ, reason="BENCH_MAILPIT names no Mailpit")
def test_the_record_is_what_a_mailpit_answers():
    theirs = read("mailpit")
    with mailpit(os.environ["BENCH_MAILPIT"]) as server:
        ours = Collector(server).everything() | {"manners": shown(server), "events": told(server, theirs["events"])}
        prove_equal(theirs, ours, ())


@pytest.mark.skipif("BENCH_MAILHOG" not in os.environ, reason="BENCH_MAILHOG names no MailHog")
def test_the_record_is_what_a_mailhog_answers():
    with mailhog(os.environ["BENCH_MAILHOG"]) as server:
        prove_equal(read("mailhog"), MailHogCollector(server).everything(), ())


def test_the_comparison_sees_every_kind_of_difference():
    theirs = {"kept": [1], "gone": None, "typed": 1, "list": [{"a": 1}, {"a": 2}], "short": [{"a": 1}]}
    ours = {"kept": [1], "typed": True, "list": [{"a": 1}, {"a": 3}], "short": [], "more": 0}
    expected = [
        ("gone", None, ABSENT),
        ("list > 1 > a", 2, 3),
        ("more", ABSENT, 0),
        ("short", [{"a": 1}], []),
        ("typed", 1, True),
    ]
    assert expected == list(unequal(theirs, ours))


def test_a_difference_is_excused_at_its_place_alone_and_must_be_there():
    meant = (Difference("a > b", "meant", 2), Difference("a > c", "no longer needed", 2))
    unmeant, unneeded = judged({"a": {"b": 1}, "b": 1}, {"a": {"b": 2}, "b": 2}, meant)
    assert (["b\n    theirs: 1\n    ours:   2"], ["no longer needed"]) == (unmeant, unneeded)
    assert judged({"a": {"b": 1}}, {"a": {"b": 3}}, meant)[0]
    larger = (Difference("a", "meant", lambda theirs, ours: ours > theirs),)
    assert ([], []) == judged({"a": 1}, {"a": 2}, larger)
    assert judged({"a": 2}, {"a": 1}, larger)[0]
