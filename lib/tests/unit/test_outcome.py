"""When an event comes again that is not at fault."""

from mayfly.bus.outcome import delay_after
from mayfly.failures import TransientFailure


def test_however_long_an_outage_was_an_event_comes_again_ten_seconds_after_it_at_the_latest():
    delays = [delay_after(TransientFailure("the store is away"), deliveries) for deliveries in (1, 2, 3, 4, 100)]
    assert [0.2, 1, 5, 10, 10] == delays


def test_an_event_comes_again_when_its_failure_says_so():
    assert 42 == delay_after(TransientFailure("busy", retry_after=42), 100)
