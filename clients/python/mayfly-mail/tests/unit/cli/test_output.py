"""What is printed: to a person on a terminal, and to a program that reads a pipe."""

import io
import json
from collections.abc import Callable
from contextlib import redirect_stdout
from datetime import datetime, timezone

import pytest

from mayfly_mail import Message, NearMiss, WaitTimeout
from mayfly_mail.cli.exits import Exit, Failure, classify
from mayfly_mail.cli.failing import describe
from mayfly_mail.cli.invocation import Options
from mayfly_mail.cli.messages import lines
from mayfly_mail.cli.output import Output

ROWS = [("01a1", "Wel\tcome\x1b[2J"), ("01a2", None)]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _ordinary_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "80")


def test_a_pipe_gets_rows_with_tabs_and_no_headings(capsys: pytest.CaptureFixture[str]) -> None:
    Output().table(("ID", "SUBJECT"), ROWS, empty="none")
    assert ("01a1\tWel\\tcome\\x1b[2J\n01a2\t-\n", "") == capsys.readouterr()


def test_a_terminal_gets_aligned_rows_under_headings() -> None:
    with redirect_stdout(Terminal()) as terminal:
        Output().table(("ID", "SUBJECT"), ROWS, empty="none")
    lines = terminal.getvalue().splitlines()
    assert "Wel\\tcome\\x1b[2J" in lines[1]
    assert lines[1].index("Wel") == lines[2].index("-")
    assert "ID" in lines[0]


def test_an_id_stays_whole_on_a_narrow_terminal() -> None:
    with redirect_stdout(Terminal()) as terminal:
        Output().table(("ID", "SUBJECT"), [("01a22cf1-9f75-72e3-a844-43cd08585652", "word " * 30)], empty="none")
    assert "01a22cf1-9f75-72e3-a844-43cd08585652 " in terminal.getvalue()
    assert 80 >= max(map(len, terminal.getvalue().splitlines()[1:]))


def test_a_subject_is_no_markup() -> None:
    with redirect_stdout(Terminal()) as terminal:
        Output().table(("S",), [("[red]x[/red] :smile: [/]",)], empty="none")
        Output().line("[bold]y[/] :smile:", "green")
    assert "[red]x[/red] :smile: [/]" in terminal.getvalue()
    assert "[bold]y[/] :smile:" in terminal.getvalue()


@pytest.mark.parametrize(
    ("variable", "value", "is_coloured"), [("X", "", True), ("NO_COLOR", "1", False), ("TERM", "dumb", False)]
)
def test_colours_are_for_terminals_that_want_them(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, is_coloured: bool
) -> None:
    monkeypatch.setenv(variable, value)
    with redirect_stdout(Terminal()) as terminal:
        Output().line("good", "green")
    assert is_coloured == ("\x1b[" in terminal.getvalue())


def test_nothing_found_is_said_to_people_alone(capsys: pytest.CaptureFixture[str]) -> None:
    Output().table(("ID",), [], empty="no mails")
    assert ("", "no mails\n") == capsys.readouterr()


def test_progress_is_silent_where_nobody_looks(capsys: pytest.CaptureFixture[str]) -> None:
    with Output().progress("waiting"):
        pass
    assert ("", "") == capsys.readouterr()


def test_octets_stay_as_they_are_in_a_pipe_and_are_harmless_on_a_terminal() -> None:
    with redirect_stdout(Terminal()) as terminal:
        Output().octets(b"\x1b[2J\xff\r\n")
    assert "\\x1b[2J\\xff\n\n" == terminal.getvalue()
    octets = io.BytesIO()
    with redirect_stdout(io.TextIOWrapper(octets)):
        Output().octets(b"\x1b[2J\xff\r\n")
        assert b"\x1b[2J\xff\r\n" == octets.getvalue()


def test_a_document_has_moments_models_and_letters(
    capsys: pytest.CaptureFixture[str], mail: Callable[..., Message]
) -> None:
    at = datetime(2026, 5, 8, tzinfo=timezone.utc)
    Output().document({"at": at, "mail": mail(subject="Grüße").data, "misses": (NearMiss("1", "s", ["subject"]),)})
    read = json.loads(capsys.readouterr().out)
    assert "2026-05-08T00:00:00+00:00" == read["at"]
    assert "Grüße" == read["mail"]["subject"]
    assert [{"id": "1", "subject": "s", "failed": ["subject"]}] == read["misses"]


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "ascii"])
def test_a_document_is_json_in_every_encoding_and_none_of_it_acts(encoding: str) -> None:
    value = {"subject": "Grüße 🎉 \x9b2J \u202e \x1b[2J \udc80 €"}
    octets = io.BytesIO()
    with redirect_stdout(io.TextIOWrapper(octets, encoding=encoding)) as out:
        Output().document(value)
        Output().json_line(value)
        out.flush()
        text = octets.getvalue().decode(encoding)
    assert value == json.loads(text.splitlines()[-1])
    assert [] == [letter for letter in "\x1b\x9b\u202e" if letter in text]


def test_a_mail_is_shown_with_its_fields_and_none_of_it_acts(mail: Callable[..., Message]) -> None:
    candidate = {
        "code": "482193",
        "display": "482193",
        "confidence": 0.98,
        "rule": "near",
        "source": "text",
        "span": [13, 19],
    }
    link = {"index": 0, "url": "https://shop.example/reset", "text": "Reset\x1b", "kind": "reset", "flags": []}
    file = {"content_type": "text/plain", "filename": "a\nb.txt", "index": 0, "inline": False, "sha256": "", "size": 3}
    shown = lines(
        mail(
            from_name="Shop",
            otp_detected="482193",
            otp_candidates=[candidate],
            links=[link],
            attachments=[file],
            subject="Hi\nFrom: x",
        )
    )
    assert [
        "From:     Shop <shop@example.com>",
        "To:       x@mayfly.test",
        "Subject:  Hi\\nFrom: x",
        "Code:     482193 (98%)",
        "Link:     https://shop.example/reset  [Reset\\x1b]",
        "File:     a\\nb.txt (text/plain, 3 octets)",
        "",
        "Your code is 482193",
    ] == [line for line in shown if not line.startswith("Received:")]


def timed_out(misses: list[NearMiss]) -> WaitTimeout:
    return WaitTimeout.of(
        "x@mayfly.test", {"subject": "Reset", "has_otp": True}, cursor=43, near_misses=misses, waited=30.0
    )


def test_near_misses_are_printed_as_in_the_golden_text(capsys: pytest.CaptureFixture[str]) -> None:
    misses = [NearMiss("2", "Wel\x1b[31mcome", ["subject", "has_otp"]), NearMiss("1", "Your code", ["subject"])]
    assert Exit.NOT_FOUND == describe(timed_out(misses), Options())
    expected = """mayfly: waited 30 s for subject='Reset', has_otp=True at x@mayfly.test
  came: 'Wel\\x1b[31mcome' (failed: subject, has_otp)
  came: 'Your code' (failed: subject)
"""
    assert ("", expected) == capsys.readouterr()


def test_that_no_mail_came_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    describe(timed_out([]), Options())
    assert (
        "mayfly: waited 30 s for subject='Reset', has_otp=True at x@mayfly.test\n  no mail came\n"
        == capsys.readouterr().err
    )


def test_near_misses_are_in_the_document_of_a_failure(capsys: pytest.CaptureFixture[str]) -> None:
    describe(timed_out([NearMiss("1", "Your code", ["subject"])]), Options(json=True))
    read = json.loads(capsys.readouterr().err)
    assert ["wait_timeout", 1, 43, 408] == [read[name] for name in ("error", "exit_code", "cursor", "status")]
    assert [{"id": "1", "subject": "Your code", "failed": ["subject"]}] == read["near_misses"]


def test_what_nobody_foresaw_is_seventy_and_asks_for_debug(capsys: pytest.CaptureFixture[str]) -> None:
    assert Exit.BUG == describe(KeyError("x"), Options())
    assert "mayfly: something unforeseen went wrong (KeyError: 'x')" in capsys.readouterr().err


def test_no_failure_shows_the_key(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("MAYFLY_API_KEY", " mfk_very_secret\n")
    for common in (Options(), Options(json=True)):
        describe(RuntimeError("cannot send mfk_very_secret"), common)
    printed = capsys.readouterr().err
    assert 2 == printed.count("cannot send (the API key)")
    assert "very_secret" not in printed


def test_a_word_that_is_no_key_spoils_no_document(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MAYFLY_API_KEY", "x")
    describe(Failure("x", Exit.REFUSED), Options(json=True))
    assert {"error": "failed", "message": "x", "exit_code": 3} == json.loads(capsys.readouterr().err)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (Failure("x", Exit.REFUSED), Exit.REFUSED),
        (timed_out([]), Exit.NOT_FOUND),
        (ConnectionRefusedError(), Exit.UNREACHABLE),
        (FileNotFoundError(), Exit.USAGE),
        (ValueError(), Exit.USAGE),
        (RuntimeError(), None),
    ],
)
def test_failures_have_their_exit_codes(error: Exception, code: Exit | None) -> None:
    assert code is classify(error)
