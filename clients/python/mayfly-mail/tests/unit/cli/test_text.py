"""Text of mails cannot act on a terminal, and people's ways to write times are understood."""

from datetime import datetime, timedelta, timezone

import pytest

from mayfly_mail.cli.text import clock, duration, left, lifetime, neutral, one_line

NOW = datetime(2026, 5, 8, 12, 0, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("hostile", "harmless"),
    [
        ("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"),
        ("\x1b]8;;https://evil.example\x07here", "\\x1b]8;;https://evil.example\\x07here"),
        ("\x9b2J", "\\x9b2J"),
        ("over\rwritten", "over\\rwritten"),
        ("back\b\b", "back\\x08\\x08"),
        ("abc\u202egpj.exe", "abc\\u202egpj.exe"),
        ("\ud800", "\\ud800"),
        ("\u2028", "\\u2028"),
    ],
)
def test_what_would_act_on_a_terminal_is_written_out(hostile: str, harmless: str) -> None:
    assert harmless == neutral(hostile)


def test_line_feeds_tabs_and_letters_of_all_languages_stay() -> None:
    text = "Grüße\n\t日本語 🎉 \u200d"
    assert text == neutral(text)


def test_carriage_returns_of_line_ends_go() -> None:
    assert "a\nb" == neutral("a\r\nb")


def test_a_line_or_a_cell_has_no_line_feed_and_no_tab() -> None:
    assert "a\\nb\\tc" == one_line("a\nb\tc")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("30", 30), ("0", 0), ("500ms", 0.5), ("1.5s", 1.5), ("10m", 600), (" 1 h ", 3600), ("2D", 172800)],
)
def test_durations_are_read_with_their_units(text: str, seconds: float) -> None:
    assert seconds == duration(text)


@pytest.mark.parametrize("text", ["", "soon", "-1", "1w", "1h30m", "nan", "inf", "1e3"])
def test_what_is_no_duration_is_refused_with_the_known_forms(text: str) -> None:
    with pytest.raises(ValueError, match=r"not a duration: .* \(known: 30, 500ms, 30s, 10m, 1h, 2d\)"):
        duration(text)


def test_a_lifetime_may_be_never() -> None:
    assert [None, 600] == [lifetime("never"), lifetime("10m")]


@pytest.mark.parametrize(
    ("rest", "shown"),
    [
        (5, "5s"),
        (119, "119s"),
        (120, "2m"),
        (7199, "119m"),
        (7200, "2h"),
        (172799, "47h"),
        (172800, "2d"),
        (-1, "ended"),
        (0, "ended"),
    ],
)
def test_what_is_left_is_said_in_one_unit(rest: int, shown: str) -> None:
    assert shown == left(NOW + timedelta(seconds=rest), NOW)


def test_a_moment_is_of_today_or_has_its_day() -> None:
    assert NOW.astimezone().strftime("%H:%M:%S") == clock(NOW, NOW)
    assert NOW.astimezone().strftime("%Y-%m-%d %H:%M") == clock(NOW, NOW + timedelta(days=2))


def test_what_has_no_end_never_ends() -> None:
    assert ["never", "-"] == [left(None, NOW), clock(None)]
