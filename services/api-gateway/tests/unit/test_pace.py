"""How often a peer may call paths without credentials."""

import pytest

from api_gateway.edge.pace import Pace
from api_gateway.refusals import LimitExceeded


class Seconds:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


def taken(pace, address, most):
    """How many of `most` calls are admitted."""
    for count in range(most):
        try:
            pace.take(address)
        except LimitExceeded:
            return count
    return most


def test_a_peer_has_its_minute_at_once_and_then_what_flows_in():
    clock = Seconds()
    pace = Pace(60, clock)
    assert 60 == taken(pace, "192.0.2.1", 100)
    clock.now = 5.0
    assert 5 == taken(pace, "192.0.2.1", 100)
    with pytest.raises(LimitExceeded) as caught:
        pace.take("192.0.2.1")
    assert 1.0 == caught.value.retry_after


def test_other_peers_are_not_concerned_and_a_network_of_ipv6_is_one():
    pace = Pace(2, Seconds())
    assert 2 == taken(pace, "192.0.2.1", 5)
    assert 2 == taken(pace, "192.0.2.2", 5)
    assert 2 == taken(pace, "2001:db8::1", 5)
    assert 0 == taken(pace, "2001:db8::2", 5)


def test_memory_is_bounded():
    pace = Pace(1, Seconds(), most_peers=3)
    for number in range(10):
        pace.take(f"192.0.2.{number}")
    assert 0 == taken(pace, "192.0.2.9", 1)
    assert 1 == taken(pace, "192.0.2.1", 1)  # forgotten
