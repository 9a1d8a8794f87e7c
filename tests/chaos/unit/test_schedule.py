"""The schedule of `make chaos`: the same for the same seed, with every kind of fault, and within its time."""

from collections import Counter

from chaos.schedule import KINDS, LONGEST_SECONDS, SHORT, Shape, plan

FULL = Shape()


def test_the_same_seed_makes_the_same_schedule_and_another_seed_another():
    assert plan(7, 320, FULL) == plan(7, 320, FULL)
    assert plan(7, 320, FULL) != plan(8, 320, FULL)


def test_320_faults_have_every_kind_and_begin_within_18_minutes():
    for seed in range(20):
        faults = plan(seed, 320, FULL)
        assert 320 == len(faults)
        assert 53 <= min(Counter(fault.kind for fault in faults).values())
        assert 18 * 60 > faults[-1].at
        assert all(0 < fault.seconds <= LONGEST_SECONDS for fault in faults)


def test_every_mode_of_the_network_and_every_role_of_a_store_is_met():
    faults = [fault for seed in range(3) for fault in plan(seed, 320, FULL)]
    assert {"cut", "half-open", "delay", "reset"} == {fault.mode for fault in faults if fault.kind == "network"}
    assert {"mongod:leader", "mongod:follower", "mongod:followers", "nats:leader", "nats:follower"} == {
        fault.target for fault in faults if fault.kind == "stop"
    }


def test_every_sixth_fault_begins_while_another_one_lasts():
    faults = plan(3, 120, FULL)
    by_number = {fault.number: fault for fault in faults}
    overlapping = [fault for fault in faults if fault.with_number is not None]
    assert 20 == len(overlapping)
    for fault in overlapping:
        other = by_number[fault.with_number]
        assert other.at <= fault.at < other.at + other.seconds


def test_a_short_run_has_two_of_each_kind_on_one_process_of_each():
    faults = plan(1, 12, SHORT)
    assert dict.fromkeys(KINDS, 2) == Counter(fault.kind for fault in faults)
    assert not [fault for fault in faults if "follower" in fault.target or fault.target.endswith("-2")]
    assert 18 > faults[-1].at
