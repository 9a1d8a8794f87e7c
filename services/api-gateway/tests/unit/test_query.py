"""Query strings: names that a route does not declare, and names given more than once."""

import pytest

from api_gateway.edge.paging import parse_cursor
from api_gateway.edge.query import require_known
from api_gateway.refusals import BadInput

KNOWN = frozenset({"after", "from", "subject", "has_otp", "limit"})


@pytest.mark.parametrize(
    ("given", "nearest"),
    [("subjct", "subject"), ("Subject", "subject"), ("hasOtp", "has_otp"), ("lim", "limit"), ("from ", "from")],
)
def test_an_unknown_name_is_refused_with_the_nearest_known_one(given, nearest):
    with pytest.raises(BadInput) as refused:
        require_known([("limit", "5"), (given, "x")], KNOWN)
    assert given == refused.value.field
    assert f"did you mean {nearest}?" in refused.value.detail


def test_the_message_never_repeats_the_value():
    with pytest.raises(BadInput) as refused:
        require_known([("api_key", "mfy_secret")], KNOWN)
    assert "mfy_secret" not in str(refused.value)


def test_a_call_without_parameters_says_so():
    with pytest.raises(BadInput, match="no query parameters"):
        require_known([("limit", "5")], frozenset())


@pytest.mark.parametrize("name", ["", "\0", "x" * 100_000, "%zz", "."])
def test_strange_names_are_refused_with_a_short_message(name):
    with pytest.raises(BadInput) as refused:
        require_known([(name, "x")], KNOWN)
    assert refused.value.field
    assert len(str(refused.value)) < 250


def test_names_beginning_with_an_underscore_are_ignored():
    require_known([("_", "1764430000"), ("_cache", "x"), ("_", "again"), ("limit", "5")], KNOWN)


def test_repeated_names_are_refused():
    with pytest.raises(BadInput) as refused:
        require_known([("limit", "5"), ("limit", "5")], KNOWN)
    assert "limit" == refused.value.field


def test_an_empty_cursor_is_none():
    assert parse_cursor(None, "after") is None
    assert parse_cursor("", "after") is None
    assert 0 == parse_cursor("0", "after")


@pytest.mark.parametrize("text", ["-1", "+1", " 1", "1.5", "1e3", "x", "٣", "9" * 19, "0x1", "null", "1,2"])
def test_a_cursor_that_is_no_sequence_is_refused_by_the_name_of_its_field(text):
    with pytest.raises(BadInput) as refused:
        parse_cursor(text, "Last-Event-ID")
    assert "Last-Event-ID" == refused.value.field
