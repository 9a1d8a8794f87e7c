"""The search language, read: docs/search.md has it for people."""

import contextlib
import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api_gateway.messages.moments import read_moment, read_zone
from api_gateway.messages.search_terms import MAX_CHARACTERS, MAX_TERMS, BadSearch, parse_search
from mayfly.mail.folding import fold
from mayfly.records.search import Contains, Has, Received, Search, Sized, Tagged, Term

BERLIN = ZoneInfo("Europe/Berlin")


def conditions(text, **options):
    return [term.condition for term in parse_search(text, **options).terms]


def words(*texts):
    return [Contains("any", text) for text in texts]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("welcome", words("welcome")),
        ("  welcome   ann ", words("welcome", "ann")),
        ('"your code"', words("your code")),
        ('your "code is" 1', words("your", "code is", "1")),
        ('"never closed', words("never closed")),
        ('a"b c"d', words("ab cd")),
        ("tab\there", words("tab here")),  # only blanks separate terms
        ("same same SAME", words("same")),
        ("- !", words("-", "!")),
        ("a:b https://a.example/x?y=z", words("a:b", "https://a.example/x?y=z")),
        ("from:ann", [Contains("from", "ann")]),
        ("FROM:Ann", [Contains("from", "ann")]),
        ('from:"Ann Lee <ann@a.example>"', [Contains("from", "ann lee ann@a.example")]),
        ('"from:ann lee"', [Contains("from", "ann lee")]),
        ("to:a cc:b bcc:c", [Contains("to", "a"), Contains("cc", "b"), Contains("bcc", "c")]),
        ("reply-to:a addressed:b", [Contains("reply-to", "a"), Contains("addressed", "b")]),
        ("subject:(50%_off)", [Contains("subject", "50%_off")]),
        ("message-id:<a@b>", [Contains("message-id", "a@b")]),
        ("tag:Smoke", [Tagged("Smoke")]),
        ('tag:"two words"', [Tagged("two words")]),
        ("is:read is:UNREAD is:tagged", [Has("read"), Has("unread"), Has("tagged")]),
        ("has:attachment has:attachments", [Has("attachment")]),
        ("has:inline has:code has:link", [Has("inline"), Has("code"), Has("link")]),
        ("after:2026-11-30", [Received(since=datetime(2026, 11, 30, tzinfo=UTC))]),
        ('before:"30 Nov 2026 9:00"', [Received(before=datetime(2026, 11, 30, 9, tzinfo=UTC))]),
        ("larger:500", [Sized(least=500)]),
        ("larger:2k smaller:2KB", [Sized(least=2048), Sized(below=2048)]),
        ('larger:1.5m smaller:"3 mb"', [Sized(least=1_572_864), Sized(below=3_145_728)]),
        ("Straße", words("strasse")),
    ],
)
def test_terms_are_read(text, expected):
    assert expected == conditions(text)


@pytest.mark.parametrize("sign", ["-", "!"])
def test_a_sign_before_a_term_negates_it_once(sign):
    assert (Term(Contains("from", "ann"), negated=True),) == parse_search(f"{sign}from:ann").terms
    assert (Term(Contains("any", "a b"), negated=True),) == parse_search(f'{sign}"a b"').terms
    assert (Term(Contains("any", f"{sign}from:ann"), negated=True),) == parse_search(f"-{sign}from:ann").terms


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("is:old", "`is:old`: known are read, unread, tagged"),
        ("has:pictures", "`has:pictures`: known are attachment, attachments, inline, inlines, code, link"),
        ("after:soon", "`after:soon`: needs a date such as 2026-11-30, 2026-11-30T09:00Z or 30 Nov 2026"),
        ("-before:30/11/2026", "`-before:30/11/2026`: needs a date such as"),
        ("larger:big", "`larger:big`: needs a size such as 500, 20k or 1.5m"),
        ("smaller:0", "`smaller:0`: needs a size"),
        ("from:", "`from:`: needs a text"),
        ('from:""', "`from:`: needs a text"),
        ("tag:", "`tag:`: needs a tag"),
        ("()", "`()`: nothing to search for"),
        ('""', "nothing to search for"),
        ("  ", "nothing to search for"),
        ("x" * (MAX_CHARACTERS + 1), f"longer than {MAX_CHARACTERS} characters"),
        (" ".join(f"w{number}" for number in range(MAX_TERMS + 1)), f"more than {MAX_TERMS} terms"),
        ("is:" + "x" * 900, "`is:" + "x" * 37 + "`: known are"),
    ],
)
def test_what_has_no_meaning_is_refused_by_its_name(text, reason):
    with pytest.raises(BadSearch) as refused:
        parse_search(text)
    assert refused.value.reason.startswith(reason)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("is:old", words("is:old")),
        ("has:pictures", words("has:pictures")),
        ("larger:big smaller:0", words("larger:big", "smaller:0")),
        ("is: has:", words("is:", "has:")),
        ("after:soon before:30/11/2026 -after:garbage", []),
        ('from: to:"" tag: word', words("word")),
        ('"', []),
        ("()", words("")),
    ],
)
def test_a_lenient_reader_does_with_it_what_mailpit_does(text, expected):
    assert expected == conditions(text, lenient=True)


def test_a_lenient_reader_finds_nothing_without_nothing():
    assert (Term(Contains("any", ""), negated=True),) == parse_search("-()", lenient=True).terms


@pytest.mark.parametrize("text", ["x" * (MAX_CHARACTERS + 1), "a " * 500])
def test_a_lenient_reader_has_bounds_too(text):
    assert Search(tuple(Term(Contains("any", "a")) for _ in range(1))) == parse_search("a " * MAX_TERMS, lenient=True)
    with pytest.raises(BadSearch):
        parse_search(text, lenient=True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-30", datetime(2026, 11, 29, 23, tzinfo=UTC)),
        ("2026-11", datetime(2026, 10, 31, 23, tzinfo=UTC)),
        ("2026", datetime(2025, 12, 31, 23, tzinfo=UTC)),
        ("2026-7-1", datetime(2026, 6, 30, 22, tzinfo=UTC)),  # summer time
        ("2026-11-30T09:00", datetime(2026, 11, 30, 8, tzinfo=UTC)),
        ("2026-11-30t09:00:01.5z", datetime(2026, 11, 30, 9, 0, 1, 500_000, tzinfo=UTC)),
        ("2026-11-30T09:00:00.123456789Z", datetime(2026, 11, 30, 9, 0, 0, 123_000, tzinfo=UTC)),
        ("2026-11-30 09:00+02:00", datetime(2026, 11, 30, 7, tzinfo=UTC)),
        ("2026-11-30 09:00:00 -0130", datetime(2026, 11, 30, 10, 30, tzinfo=UTC)),
        ("2026/11/30", datetime(2026, 11, 29, 23, tzinfo=UTC)),
        ("2026.11.30", datetime(2026, 11, 29, 23, tzinfo=UTC)),
        ("11/30/2026", datetime(2026, 11, 29, 23, tzinfo=UTC)),
        ("20261130", datetime(2026, 11, 29, 23, tzinfo=UTC)),
        ("20261130090000", datetime(2026, 11, 30, 8, tzinfo=UTC)),
        ("1795000000", datetime(2026, 11, 18, 11, 6, 40, tzinfo=UTC)),
        ("1795000000123", datetime(2026, 11, 18, 11, 6, 40, 123_000, tzinfo=UTC)),
        ("30 November 2026", datetime(2026, 11, 29, 23, tzinfo=UTC)),
        ("Nov 30, 2026", datetime(2026, 11, 29, 23, tzinfo=UTC)),
        ("November 30th 2026 9:00 PM", datetime(2026, 11, 30, 20, tzinfo=UTC)),
        ("30-Nov-2026 12:00 am", datetime(2026, 11, 29, 23, tzinfo=UTC)),
        ("Mon, 30 Nov 2026 09:00:00 GMT", datetime(2026, 11, 30, 9, tzinfo=UTC)),
        ("9999-12-31", datetime(9999, 12, 30, 23, tzinfo=UTC)),
    ],
)
def test_moments_are_read_as_people_write_them(text, expected):
    assert expected == read_moment(text, BERLIN)


@pytest.mark.parametrize(
    "text",
    ["", "12", "soon", "30/11/2026", "2026-02-30", "2026-13-01", "0000-01-01", "0001-01-01", "2026-11-30 25:00", "2026-11-30 13:00 pm",
     "2026-11-30 09:00+99:99", "99999999999999", "٢٠٢٦-١١-٣٠", "2026-11/30"],
)  # fmt: skip
def test_what_no_calendar_has_is_no_moment(text):
    assert read_moment(text, BERLIN) is None


@pytest.mark.parametrize(
    "name", ["", "nope/x", "../../etc/passwd", "/etc/passwd", "posix", "Europe", "tzdata.zi", "a\0b", "x" * 500, "🜁"]
)
def test_a_name_that_is_no_time_zone_reads_no_file(name):
    assert read_zone(name) is None


def test_time_zones_have_their_usual_names():
    assert timedelta(hours=9) == read_zone("Asia/Tokyo").utcoffset(datetime(2026, 11, 30, tzinfo=UTC))


TERMS = st.lists(
    st.one_of(
        st.text(max_size=20),
        st.sampled_from(
            [
                "from:",
                "is:",
                "has:",
                "after:",
                "before:",
                "larger:",
                "smaller:",
                "tag:",
                '"',
                "-",
                "!",
                " ",
                "2026",
                "k",
                "\0",
                "İ",
                "ß",
            ]
        ),
    ),
    max_size=30,
).map("".join)


@settings(max_examples=500, deadline=None)
@given(text=TERMS, lenient=st.booleans())
def test_no_text_raises_anything_but_a_bad_search(text, lenient):
    with contextlib.suppress(BadSearch):
        search = parse_search(text, lenient=lenient)
        assert all("\0" not in term.condition.text for term in search.terms if isinstance(term.condition, Contains))
        assert {search: 1}[search]  # lists use searches as keys


@settings(max_examples=500, deadline=None)
@given(text=st.text(max_size=60))
def test_a_moment_is_one_or_none(text):
    moment = read_moment(text, BERLIN)
    assert moment is None or moment.tzinfo is UTC


@pytest.mark.parametrize(
    "piece", ["a", '"', "-", '" ', 'a"', "from:", "after:2026-", "İ", "\u200b", "(", "9", "i\u0307", "ﷺ"]
)
def test_time_grows_with_the_length_alone(piece):
    """100 kB against 10 kB, of what the reader calls for every text; a reader in square time would take 100 times."""
    seconds = []
    for length in (10_000, 100_000):
        text = (piece * length)[:length]
        best = 9.0
        for _ in range(3):
            start = time.process_time()
            fold(text)
            read_moment(text)
            for lenient in (False, True):
                with contextlib.suppress(BadSearch):
                    parse_search(text, lenient=lenient)
            best = min(best, time.process_time() - start)
        seconds.append(best)
    assert seconds[1] < 40 * max(seconds[0], 0.001)
