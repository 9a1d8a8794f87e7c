"""Header sections, and the fields that a message shows: subject, addresses, dates."""

from datetime import UTC, datetime

import pytest

from mayfly.testing.mails import mail
from message_parser.domain import warnings
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


def test_quotes_in_a_comment_hide_no_recipient():
    parsed = parse(mail('To: a@x.example (5" disk), b@x.example, c@x.example (the "boss)'))
    assert ["a@x.example", "b@x.example", "c@x.example"] == parsed.to


def test_all_header_fields_are_kept_in_order():
    parsed = parse(mail("X-A: 1", "X-B: 2", "X-A: 3"))
    assert [("From", "a@acme.example"), ("X-A", "1"), ("X-B", "2"), ("X-A", "3")] == parsed.headers


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("Sat, 21 Nov 2026 11:00:00 +0100", datetime(2026, 11, 21, 10, tzinfo=UTC)),
        ("Sat, 21 Nov 2026 11:00 +0100 (Central European Time)", datetime(2026, 11, 21, 10, tzinfo=UTC)),
        ("Sat (a \\) b), (c (d)) 21 Nov 2026 11(e):   00  :  00 +0100", datetime(2026, 11, 21, 10, tzinfo=UTC)),
        ("Sat, 31 Dec 2016 23:59:60 +0000", datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)),
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


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        (b"=?iso-8859-1?Q?Fr\xf6sche?=", "Frösche"),
        (b"=?iso-8859-1?Q?Fr\xc3\xb6sche?=", "Frösche"),
        (b"=?utf-8?Q?Gr=FC=DFe?=", "Grüße"),
        (b"=?utf-8?B?SGVs\r\n bG8=?=", "Hello"),
        (b"=?utf-8?Q?a?==?utf-8?Q?b?=", "ab"),
        (b"=?utf-8?B?4p?= =?utf-8?B?yTZQ==?=", "✓e"),
        (b"=?utf-8?Q?really=3F_yes?= no", "really? yes no"),
        (b"=?utf-8?Q?really??=", "really?"),
        (b"=?utf-8?Q?broken =?utf-8?Q?whole?=", "=?utf-8?Q?broken whole"),
        (b"\x1b$B-!\x1b(B", "①"),
        (b"\xff\xfe", "ÿþ"),
        (b"\xef\xbb\xbfone", "one"),
    ],
)
def test_encoded_words_are_read_in_every_shape_that_mail_programs_read(field, expected):
    assert expected == parse(mail(b"Subject: " + field)).subject


def test_long_fields_are_not_cut_before_they_are_decoded():
    words = "\r\n ".join(["=?utf-8?q?" + "=E6=97=A5" * 6 + "?="] * 150)
    recipients = ",\r\n ".join([f"{words[:1000].rpartition(' ')[0]} <a{number}@x.example>" for number in range(150)])
    parsed = parse(mail(f"Subject: {words}", f"To: {recipients}"))
    assert ("日" * 900, [f"a{number}@x.example" for number in range(150)]) == (parsed.subject, parsed.to)


@pytest.mark.parametrize(("charset", "expected"), [("gbk", "验证码"), ("utf-8", "ÑéÖ¤Âë"), ("", "ÑéÖ¤Âë")])
def test_raw_octets_of_a_field_are_in_the_charset_of_the_body(charset, expected):
    octets = "验证码".encode("gbk")
    parsed = parse(mail(b"Subject: " + octets, f"Content-Type: text/plain; charset={charset}"))
    assert (expected, [expected]) == (parsed.subject, [value for name, value in parsed.headers if name == "Subject"])


def test_raw_octets_of_a_field_are_in_the_charset_of_a_part():
    octets = mail(b"Subject: \xd1\xe9", "Content-Type: multipart/mixed; boundary=b", body="--b\r\nX: y\r\n\r\nx\r\n--b\r\nContent-Type: text/html; charset=gbk\r\n\r\nx\r\n--b--")  # fmt: skip
    assert "验" == parse(octets).subject


@pytest.mark.parametrize(
    ("field", "name", "address"),
    [
        ("=?utf-8?Q?Acme=20News=20:)?= <news@acme.example>", "Acme News :)", "news@acme.example"),
        ("=?utf-8?Q?Acme?=\r\n <Acme <bills@acme.example>", "Acme", "bills@acme.example"),
        ('"odd user"@acme.example', "", '"odd user"@acme.example'),
        ('Odd <"odd user"@acme.example>', "Odd", '"odd user"@acme.example'),
        ("Doe, Sam <sam@acme.example>", "Doe, Sam", "sam@acme.example"),
        ("Sam sam@acme.example", "Sam", "sam@acme.example"),
        ("sam@acme.example Sam", "Sam", "sam@acme.example"),
        ("Sam [sam@acme.example]", "Sam", "sam@acme.example"),
        ("<@relay.example,@other.example:sam@acme.example>", "", "sam@acme.example"),
        ("<mailto:sam@acme.example>", "", "sam@acme.example"),
        ("=?utf-8?Q?Sam_<sam@acme.example>?=", "Sam", "sam@acme.example"),
        ("<sam @ acme.example>", "", "sam@acme.example"),
        ("sam@[192.0.2.1]", "", "sam@[192.0.2.1]"),
        ("Acme: News <sam@acme.example>", "Acme: News", "sam@acme.example"),
        ('"Acme, Inc. \\"Shop\\"" <sam@acme.example>', 'Acme, Inc. "Shop"', "sam@acme.example"),
        ("'Acme' <sam@acme.example>", "Acme", "sam@acme.example"),
        ("sam@acme.example <>", "", "sam@acme.example"),
        ("a@b.example <sam@acme.example>", "a@b.example", "sam@acme.example"),
        ("Sam <sam@acme.example> (work)", "Sam", "sam@acme.example"),
        ("Pete(A nice \\) chap) <pete(his account)@silly.test(his host)>", "Pete", "pete@silly.test"),
        ('sam@acme.example (Sam "the (big) boss)', 'Sam "the (big) boss', "sam@acme.example"),
        ("sam@acme.example (Doe, Sam <boss>)", "Doe, Sam <boss>", "sam@acme.example"),
        ("Sam (the man <sam@acme.example>", "Sam (the man", "sam@acme.example"),
        ('"Sam (x" <sam@acme.example> (y)', "Sam (x", "sam@acme.example"),
        ("Team (all): Sam <sam@acme.example>;", "Sam", "sam@acme.example"),
        ('"Our: team": sam@acme.example;', "", "sam@acme.example"),
        ("=?utf-8?q?Team?=: sam@acme.example (Sam);", "Sam", "sam@acme.example"),
        ("Team: sam@[IPv6:2001:db8::1];", "", "sam@[IPv6:2001:db8::1]"),
        ("undisclosed-recipients:;", "", ""),
    ],
)
def test_a_from_field_that_holds_an_address_gives_it_with_a_whole_name(field, name, address):
    parsed = parse(mail().replace(b"From: a@acme.example", f"From: {field}".encode()))
    assert (name, address) == (parsed.from_name, parsed.from_address)


def test_a_list_that_is_one_encoded_word_gives_all_its_addresses():
    assert ["a@x.example", "b@x.example"] == parse(
        mail("To: =?utf-8?q?Z=C3=B6_=3Ca=40x.example=3E=2C_b=40x.example?=")
    ).to


def test_a_comma_that_was_encoded_between_two_addresses_ends_the_first():
    comma = "\r\n =?utf-8?q?=2C?= =?utf-8?b?w6k=?="
    for first in ('"Doe, Sam" <a@x.example>', "a@x.example"):
        assert ["a@x.example", "b@x.example"] == parse(mail(f"To: {first}{comma} <b@x.example>")).to
    assert "é, a" == parse(mail().replace(b"From: ", b"From: =?utf-8?q?=C3=A9?= =?utf-8?q?=2C?= a <")).from_name


def test_the_recipients_of_all_to_fields_are_read():
    assert ["a@x.example", "b@x.example"] == parse(mail("To: a@x.example", "To: b@x.example")).to


def test_sender_stands_for_a_from_field_without_an_address():
    assert "s@x.example" == parse(b"From: nobody\r\nSender: s@x.example\r\n\r\n").from_address


def test_a_date_in_iso_8601_is_read():
    assert datetime(2026, 11, 21, 10, tzinfo=UTC) == parse(mail("Date: 2026-11-21T10:00:00Z")).date


@pytest.mark.parametrize(
    ("octets", "subject", "text", "warning"),
    [
        (b"Subject: a\r\nHello you\r\nand you", "a", "Hello you\nand you", warnings.HEADER_UNENDED),
        (b"Subject: a\r\nCode: 482193\r\n", "a", "Code: 482193\n", warnings.HEADER_UNENDED),
        (b"Subject: a\r\nCode: 482193\r\n\r\n", "a", "", None),
        (b"Autocrypt: addr=a@b.example\r\nmsip_labels: b\r\nSubject: a\r\n", "a", "", None),
        (b"Subject: a\nApproved: yes\n\n\n", "a", "", None),
        (b"Received: x\r\n\r\n\r\nSubject: a\r\n\r\nbody", "a", "body", warnings.HEADER_RESUMED),
        (b"\xef\xbb\xbfSubject: a\r\n\r\nbody", "a", "body", None),
        (b"From a@b Sat Nov 21 10:00:00 2026\r\nSubject: a\r\n\r\nbody", "a", "body", None),
        (b"To: b\r\n>From a@b Sat Nov 21\r\nSubject: a\r\n\r\nbody", "a", "body", None),
        (b"Subject: a\rTo: b@x.example\r\rbody\rmore", "a", "body\nmore", warnings.BARE_CR),
        (b"Subject: a\r\r\nTo: b@x.example\r\r\n\r\r\nbody", "a", "body", None),
        (b"Subject: a\nTo: b@x.example\r\n\nbody", "a", "body", None),
        (b"Subject: a\r\n<p>lost</p>\r\nTo: b@x.example\r\n", "a", "<p>lost</p>\nTo: b@x.example\n", warnings.HEADER_UNENDED),
        (b"Subject: a\x00b\r\n\r\nbody", "ab", "body", None),
    ],
)  # fmt: skip
def test_header_and_body_are_told_apart(octets, subject, text, warning):
    parsed = parse(octets)
    assert (subject, text) == (parsed.subject, parsed.text)
    assert warning is None or warning in parsed.warnings
    assert warning is not None or [] == parsed.warnings


def test_a_line_that_is_no_field_is_left_out_where_fields_follow():
    parsed = parse(b"Subject: a\r\nput here by a gateway\r\nX-B: c\r\n\r\nbody")
    assert [("Subject", "a"), ("X-B", "c")] == parsed.headers
    assert [warnings.malformed_lines(1)] == parsed.warnings


def test_tags_are_those_of_the_field_and_those_behind_a_plus():
    octets = mail(
        "From: app+Billing@a.example",
        "To: Ann <ann+smoke@x.example>, bob@x.example",
        "Bcc: eve+two+parts@x.example",
        "X-Tags: Smoke, =?utf-8?q?=C3=9Cbung?=, ,",
        "X-Tags: third",
    )
    assert ["Smoke", "Übung", "third", "Billing", "two", "parts"] == parse(octets).tags


def test_display_names_are_kept_once_per_address():
    parsed = parse(mail("To: Ann <a@x.example>, b@x.example", "Cc: Other Ann <a@x.example>", "Bcc: Eve <e@x.example>"))
    assert ["e@x.example"] == parsed.bcc
    assert [("a@x.example", "Other Ann"), ("e@x.example", "Eve")] == parsed.names
