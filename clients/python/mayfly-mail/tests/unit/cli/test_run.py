"""One run: how arguments are read, and what becomes of failures. No server is asked."""

import io
from contextlib import redirect_stdout

import pytest

from mayfly_mail.cli import main
from mayfly_mail.cli.run import behind_the_command


@pytest.mark.parametrize(
    ("given", "read"),
    [
        (["--json", "inbox", "ls"], ["inbox", "ls", "--json"]),
        (["--url", "http://x", "wait", "a"], ["wait", "a", "--url", "http://x"]),
        (["--url=http://x", "--debug", "wait"], ["wait", "--url=http://x", "--debug"]),
        (["--json", "wait", "--", "-a"], ["wait", "--json", "--", "-a"]),
        (["wait", "--json"], ["wait", "--json"]),
        (["--help"], ["--help"]),
        (["--url"], ["--url"]),
        ([], []),
    ],
)
def test_common_options_may_stand_before_the_command(given: list[str], read: list[str]) -> None:
    assert read == behind_the_command(given)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["bogus"], 'mayfly: Unknown command "bogus".'),
        (["wait", "a", "b"], "mayfly wait: unexpected argument: b\nTry: mayfly wait --help\n"),
        (["wait", "--tiemout", "3"], "Did you mean --timeout?"),
        (["wait", "a", "--timeout", "soon"], "mayfly: not a duration: 'soon'"),
        (["wait", "a", "--code", "--link"], "mayfly: --code, --link and --none exclude each other"),
        (["wait", "a", "--none", "--url-part", "x"], "mayfly: --code, --link and --none exclude each other"),
        (["wait", ""], "mayfly: the address is empty"),
        (["send-test", ""], "mayfly: the address is empty"),
        (["listen", "--inbox", " "], "mayfly: the address is empty"),
        (["webhooks", "verify", "/nonexistent", "-H", "a: b"], "mayfly: /nonexistent: No such file or directory"),
        (["inbox", "rm"], "mayfly: name the inboxes to remove, or a --label"),
        (["inbox", "rm", "a", "--label", "b"], "mayfly: name the inboxes to remove, or a --label"),
        (["fault", "set", "a", "451 x2, bogus"], "bogus"),
        (
            ["listen", "--events", "message.lost"],
            "unknown kind of event: message.lost (known: message.received, inbox.expired)",
        ),
        (["listen", "--forward-to", "ftp://x"], "not a URL to post to: 'ftp://x'"),
        (["send-test", "a@b", "--smtp", "host:port"], "--smtp takes HOST:PORT, not 'host:port'"),
        (["webhooks", "attempts"], "mayfly: name an endpoint, or a --delivery"),
        (["completion", "tcsh"], "tcsh"),
        (["space", "smtp", "a", "--for", "cobol"], "cobol"),
        (["--url", "ftp://x", "inbox", "ls"], "the URL of Mayfly must begin with http:// or https://"),
    ],
)
def test_wrong_usage_is_two_and_says_what_is_wrong(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert 2 == main(arguments)
    printed = capsys.readouterr()
    assert words in printed.err
    assert "" == printed.out
    assert "Traceback" not in printed.err


def test_what_was_typed_cannot_act_on_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (
        ["\x1b]52;c;eA==\x07"],
        ["wait", "a", "\x9b2J"],
        ["wait", "--\x1b[2J"],
        ["wait", "a", "--timeout", "\x9b2J"],
    ):
        assert 2 == main(arguments)
        assert 2 == main([*arguments, "--json"])
    printed = capsys.readouterr().err
    assert "\x1b" not in printed
    assert "\x9b" not in printed


def test_a_failure_with_json_is_one_document_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    assert 2 == main(["--json", "inbox", "rm"])
    expected = '{"error": "usage", "message": "name the inboxes to remove, or a --label", "exit_code": 2}\n'
    assert ("", expected) == capsys.readouterr()


def test_debug_shows_where_a_failure_came_from() -> None:
    with pytest.raises(Exception, match="name the inboxes to remove"):
        main(["--debug", "inbox", "rm"])


def test_the_version_is_one_line_and_a_document(capsys: pytest.CaptureFixture[str]) -> None:
    assert [0, 0] == [main(["version"]), main(["version", "--json"])]
    assert capsys.readouterr().out.startswith("mayfly 0.")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts_name_the_commands(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == main(["completion", shell])
    script = capsys.readouterr().out
    assert [] == [word for word in ("send-test", "doctor", "listen") if word not in script]
    assert "\\x" not in script.replace("\\x1f", "")


class Closed(io.StringIO):
    """A pipe whose reader is gone."""

    def write(self, _: str) -> int:
        raise BrokenPipeError

    def fileno(self) -> int:
        raise OSError


def test_a_reader_that_went_away_is_no_failure(capsys: pytest.CaptureFixture[str]) -> None:
    with redirect_stdout(Closed()):
        assert 0 == main(["version"])
    assert "" == capsys.readouterr().err


def test_a_letter_that_the_encoding_lacks_is_written_out() -> None:
    narrow = io.TextIOWrapper(io.BytesIO(), encoding="cp1252")
    with redirect_stdout(narrow):
        assert 0 == main(["wait", "--help"])
    narrow.seek(0)
    assert "Usage: mayfly wait" in narrow.read()
