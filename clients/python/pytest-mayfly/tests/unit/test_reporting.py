import datetime as dt
import re
from types import SimpleNamespace

import pytest

from mayfly_mail import NearMiss, WaitTimeout
from pytest_mayfly.reporting import MOST_LISTED, Mail, extra_of, fate, listed, near_misses, shown

NOON = dt.datetime(2026, 5, 8, 12, 0, 0, 120000, tzinfo=dt.timezone.utc)


def mail(failed=None, **values):
    message = {"from_": "shop@example.com", "recipients": ["ann@example.com"], "to": [], "subject": "Hi", "code": None}
    return Mail(SimpleNamespace(**{**message, "received_at": NOON, **values}), failed)


def test_a_table_has_a_line_a_mail():
    head, line = listed([mail(code="482193")])

    assert ["time", "(UTC)", "from", "to", "subject", "code"] == head.split()
    assert re.fullmatch(r"12:00:00\.120  shop@example.com  ann@example.com  Hi {7}482193", line)


def test_what_a_wait_did_not_match_has_a_column_of_its_own():
    lines = list(listed([mail(["subject", "has_otp"]), mail()]))

    assert lines[0].endswith("did not match")
    assert lines[1].endswith("subject, has_otp")


def test_no_mail_is_said_in_words():
    assert ["No mail came."] == list(listed([]))


def test_of_many_mails_the_newest_are_listed():
    lines = list(listed([mail(subject=f"mail {number}") for number in range(MOST_LISTED + 1)]))

    assert f"The newest {MOST_LISTED}:" == lines[0]
    assert MOST_LISTED + 2 == len(lines)
    assert not any("mail 0 " in line for line in lines)


@pytest.mark.parametrize(
    ("page", "where"), [("/ui/", "https://mail.example.com/ui/inbox/0198"), (None, "https://mail.example.com")]
)
def test_the_report_says_where_the_inbox_can_be_looked_at(page, where):
    server = SimpleNamespace(is_embedded=False)
    client = SimpleNamespace(url="https://mail.example.com", discovery=lambda: SimpleNamespace(web=page))

    said = fate(SimpleNamespace(server=server, client=client), SimpleNamespace(id="0198"))

    assert f"It is kept at {where} until it expires." == said


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\x1b[2J\x07 bell\r\nfrom: x", "\\x1b[2J\\x07 bell\\..."),
        ("safe\u202egnp.exe", "safe\\u202egnp.exe"),
        ("größe ☃", "größe ☃"),
        ("a" * 30, "a" * 17 + "..."),
    ],
)
def test_text_of_a_mail_does_nothing_to_a_terminal(text, expected):
    assert expected == shown(text, 20)


def test_near_misses_are_found_behind_the_error_that_a_test_made_of_them():
    timeout = WaitTimeout.__new__(WaitTimeout)
    timeout.near_misses = [NearMiss("1", "Hi", ["subject"])]
    wrapped = ValueError("no mail")
    wrapped.__cause__ = timeout

    assert ["1"] == [near_miss.id for near_miss in near_misses(wrapped)]


def test_near_misses_are_found_in_a_group_of_errors():
    timeout = WaitTimeout.__new__(WaitTimeout)
    timeout.near_misses = [NearMiss("1", "Hi", ["subject"])]
    group = ValueError("two tasks failed")
    group.exceptions = (KeyError(), timeout)  # as an ExceptionGroup, which Python 3.10 lacks

    assert ["1"] == [near_miss.id for near_miss in near_misses(group)]


def test_errors_that_are_each_others_cause_end():
    one, other = ValueError(), ValueError()
    one.__cause__, other.__cause__ = other, one

    assert [] == list(near_misses(one))


def test_a_mail_in_an_html_report_cannot_add_markup_by_its_subject():
    assert "&lt;script&gt; x" == extra_of(b"", "<script>\n x")["name"]


def test_a_mail_that_is_not_utf8_is_attached_all_the_same():
    assert "caf\ufffd" == extra_of("café".encode("latin-1"), "x")["content"]
