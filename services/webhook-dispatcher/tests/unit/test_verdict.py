"""When to try again."""

import pytest

from webhook_dispatcher.domain.formats import WIRES
from webhook_dispatcher.domain.verdict import Response, next_delay

SCHEDULE = WIRES["vaultmail"].retries


def failed(status: int | None = 500, **fields) -> Response:
    return Response(0.1, status=status, **fields)


def test_the_documented_pauses_follow_one_another_and_then_none():
    assert [5, 25, 125, None] == [next_delay(failed(), SCHEDULE, step, 0.0) for step in (1, 2, 3, 4)]


@pytest.mark.parametrize("chance", [0.0, 0.3, 0.999999])
def test_jitter_adds_at_most_a_tenth_and_takes_nothing_away(chance):
    assert 25 <= next_delay(failed(), SCHEDULE, 2, chance) <= 27.5


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_any_2xx_is_delivered(status):
    assert next_delay(failed(status), SCHEDULE, 1, 0.0) is None
    assert failed(status).is_success


@pytest.mark.parametrize("status", [None, 100, 301, 302, 307, 400, 401, 404, 408, 429, 500, 503])
def test_everything_else_but_410_is_tried_again(status):
    assert 5 == next_delay(failed(status), SCHEDULE, 1, 0.0)


def test_410_and_what_we_refuse_ourselves_are_given_up():
    assert next_delay(failed(410), SCHEDULE, 1, 0.0) is None
    assert next_delay(failed(None, refused=True), SCHEDULE, 1, 0.0) is None


@pytest.mark.parametrize(
    ("status", "retry_after", "expected"),
    [(429, 60, 60), (503, 60, 60), (429, 1, 5), (503, 1e9, 86400), (500, 60, 5), (429, None, 5)],
)
def test_retry_after_puts_an_attempt_off_on_429_and_503_by_a_day_at_most(status, retry_after, expected):
    assert expected == next_delay(failed(status, retry_after=retry_after), SCHEDULE, 1, 0.0)


def test_a_format_without_retries_is_tried_once():
    assert next_delay(failed(), WIRES["ephemask"].retries, 1, 0.0) is None
