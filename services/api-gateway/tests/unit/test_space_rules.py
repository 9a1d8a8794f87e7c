"""Pure rules about spaces: ids, retention, expiry, and cursors of lists that are sorted by time."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from api_gateway.describe import describe
from api_gateway.edge import secrets
from api_gateway.edge.openapi_document import operations
from api_gateway.edge.paging import TimeCursor, parse_time_cursor
from api_gateway.edge.plans import Plans
from api_gateway.refusals import BadInput, Forbidden
from api_gateway.spaces.rules import (
    default_retention,
    domains_of,
    longest_age,
    random_space_id,
    retention_of,
    space_expiry,
)
from mayfly.mail.reserved import ReservedNames
from mayfly.records.inbox import ANY_DOMAIN, DEFAULT_SPACE_ID, Retention, is_space_id
from mayfly.service.plans import parse_plans, preset_text
from mayfly.testing.builders import make_inbox

NOW = datetime(2026, 5, 8, 11, 30, tzinfo=UTC)
PLANS = Plans(parse_plans(preset_text()))


def test_ids_have_eight_characters_begin_with_a_letter_and_hold_a_digit():
    ids = [random_space_id(ReservedNames()) for _ in range(2_000)]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch("[a-z][a-z0-9]{7}", i) and any(map(str.isdigit, i)) and is_space_id(i) for i in ids)


def test_an_id_is_no_word_and_no_reserved_name():
    candidates = iter(["security", "generate", "secur1ty", "ssladm1n", "sh0pmail", "qa71kcs0"])
    assert "qa71kcs0" == random_space_id(ReservedNames(["shopmail"]), lambda: next(candidates))


def test_no_part_of_a_path_could_be_the_id_of_a_space():
    parts = {part for path, _, _ in operations(describe()) for part in path.split("/")}
    assert "generate" in parts
    assert [] == [part for part in parts if is_space_id(part) and not part.isalpha()]
    assert is_space_id(DEFAULT_SPACE_ID)
    assert not secrets.new_space_id()[0].isdigit()


@pytest.mark.parametrize(("plan", "seconds"), [("free", 3600), ("hobbyist", 86_400), ("pro", 2_592_000)])
def test_a_message_is_kept_as_long_as_inboxes_live_or_30_days_where_they_live_for_ever(plan, seconds):
    assert seconds == longest_age(PLANS[plan])


def test_retention_is_the_preset_within_the_plan_and_what_is_asked_for():
    assert Retention(max_messages=500, max_age_seconds=86_400) == default_retention(PLANS["pro"])
    assert Retention(max_messages=500, max_age_seconds=3_600) == default_retention(PLANS["free"])
    present = Retention(max_messages=7, max_age_seconds=10 * 365 * 86_400)
    assert present == retention_of(PLANS["free"], present, None, None)
    assert Retention(max_messages=5_000, max_age_seconds=60) == retention_of(PLANS["free"], present, 5_000, 60)
    for values in ((5_001, None), (None, 3_601)):
        with pytest.raises(Forbidden):
            retention_of(PLANS["free"], present, *values)


def test_a_space_never_expires_where_the_plan_allows_that():
    assert space_expiry(PLANS["pro"], NOW, None) is None
    assert NOW + timedelta(hours=1) == space_expiry(PLANS["free"], NOW, None)
    assert NOW + timedelta(seconds=5) == space_expiry(PLANS["pro"], NOW, 5)
    with pytest.raises(Forbidden):
        space_expiry(PLANS["free"], NOW, 3_601)


def test_a_space_shows_every_domain_that_it_takes():
    space = make_inbox("*@qa71kcs0.a.test", id="qa71kcs0", kind="space", domains=["x.org", "lost.org"])
    assert ["qa71kcs0.a.test", "qa71kcs0.b.test", "x.org"] == domains_of(space, ["a.test", "b.test"], ["x.org"])
    default = make_inbox("*@00000000.a.test", id=DEFAULT_SPACE_ID, kind="space", domains=[ANY_DOMAIN])
    assert ["*", "00000000.a.test"] == domains_of(default, ["a.test"], [])


def test_a_cursor_with_a_time_comes_back_as_it_was():
    cursor = TimeCursor(NOW + timedelta(milliseconds=7), "qa71kcs0")
    assert cursor == parse_time_cursor(str(cursor))
    assert parse_time_cursor(None) is None
    with pytest.raises(BadInput):
        parse_time_cursor("qa71kcs0")
