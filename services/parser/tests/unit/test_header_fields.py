"""Header sections, and the fields that a message shows: subject, addresses, dates."""

from datetime import UTC, datetime

import pytest

from mayfly.testing.mails import mail
from message_parser.domain.parse import parse


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("=?utf-8?q?h=C3=A9llo?=", "héllo"),
        ("=?utf-8?B?w6k=?= =?utf-8?B?w6g=?=", "éè"),
        ("=?utf-8?q?=C3?= =?utf-8?q?=A9?=", "é"),
        ("=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=", "日本"),
        ("=?gb2312?B?1tDOxA==?= plain", "中文 plain"),
        ("=?unknown-9?q?abc?=", "abc"),
        ("=?utf-8?q?broken", "=?utf-8?q?broken"),
        ("a\r\n  folded\r\n\tline", "a folded line"),
        ("grüße", "grüße"),
        ("=?utf-8*en?q?lang?=", "lang"),
        ("=?utf-8?b?!!!?=", ""),
    ],
)
def test_subjects_are_decoded(field, expected):
    assert expected == parse(mail(f"Subject: {field}")).subject


@pytest.mark.parametrize(
    ("field", "name", "address"),
    [
        ("Acme <a@acme.example>", "Acme", "a@acme.example"),
        ('"Doe, Sam" <sam@acme.example>', "Doe, Sam", "sam@acme.example"),
        ("a@acme.example (Sam)", "Sam", "a@acme.example"),
        ("=?utf-8?q?D=C3=B6?= <a@acme.example>", "Dö", "a@acme.example"),
        ("=?utf-8?q?a=2C_b=40c?= <a@acme.example>", "a, b@c", "a@acme.example"),
        ('"a\\"b" <a@acme.example>', 'a"b', "a@acme.example"),
        ("nonsense", "", ""),
        ("<a@acme.example", "", "a@acme.example"),
    ],
)
def test_the_from_field_gives_name_and_address(field, name, address):
    octets = mail().replace(b"From: a@acme.example", f"From: {field}".encode())
    parsed = parse(octets)
    assert (name, address) == (parsed.from_name, parsed.from_address)


def test_groups_and_lists_of_addresses_are_flattened():
    parsed = parse(mail("To: team: a@x.example, B <b@x.example>;, c@x.example", "Cc: d@x.example (hi, there)"))
    assert (["a@x.example", "b@x.example", "c@x.example"], ["d@x.example"]) == (parsed.to, parsed.cc)


def test_all_header_fields_are_kept_in_order():
    parsed = parse(mail("X-A: 1", "X-B: 2", "X-A: 3"))
    assert [("From", "a@acme.example"), ("X-A", "1"), ("X-B", "2"), ("X-A", "3")] == parsed.headers


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("Sat, 21 Nov 2026 11:00:00 +0100", datetime(2026, 11, 21, 10, tzinfo=UTC)),
        ("21 Nov 2026 10:00:00 -0000", datetime(2026, 11, 21, 10, tzinfo=UTC)),
        ("Sat, 21 Nov 12026 10:00:00 +0000", None),
        ("Sat, 21 Nov 1926 10:00:00 +0000", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_an_absurd_date_is_none(field, expected):
    assert expected == parse(mail(f"Date: {field}")).date


def test_malformed_header_lines_are_left_out_with_a_warning():
    parsed = parse(b"Subject: a\r\nno colon here\r\nTo: b@x.example\r\n\r\nbody")
    assert ("a", ["b@x.example"], "body") == (parsed.subject, parsed.to, parsed.text)
    assert ["1 malformed header lines were left out"] == parsed.warnings
