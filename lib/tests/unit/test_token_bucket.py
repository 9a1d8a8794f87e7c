"""A token bucket on a clock that the test sets."""

from types import SimpleNamespace

import pytest

from mayfly.service.token_bucket import TokenBucket


def test_a_full_bucket_allows_a_burst_and_then_its_rate():
    clock = SimpleNamespace(now=100.0)
    bucket = TokenBucket(2, 3, lambda: clock.now)
    assert [True, True, True, False] == [bucket.take() for _ in range(4)]
    clock.now += 0.5
    assert [True, False] == [bucket.take() for _ in range(2)]


def test_a_refused_take_leaves_the_tokens():
    bucket = TokenBucket(1, 3, lambda: 0.0)
    assert not bucket.take(4)
    assert bucket.take(3)


def test_the_wait_is_the_time_until_one_token():
    clock = SimpleNamespace(now=0.0)
    bucket = TokenBucket(4, 1, lambda: clock.now)
    assert 0 == bucket.wait()
    bucket.take()
    assert 0.25 == pytest.approx(bucket.wait())
    clock.now += bucket.wait()
    assert bucket.take()


def test_rest_fills_a_bucket_to_its_capacity_only():
    clock = SimpleNamespace(now=0.0)
    bucket = TokenBucket(1, 2, lambda: clock.now)
    bucket.take()
    assert not bucket.is_full()
    clock.now += 1_000
    assert bucket.is_full()
    assert [True, True, False] == [bucket.take() for _ in range(3)]


def test_a_token_taken_for_nothing_is_given_back_up_to_the_capacity():
    bucket = TokenBucket(1, 2, lambda: 0.0)
    bucket.take()
    bucket.give_back()
    bucket.give_back()
    assert [True, True, False] == [bucket.take() for _ in range(3)]
