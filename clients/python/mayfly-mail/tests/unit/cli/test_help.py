"""The help texts: as they were looked at, and each with what everybody asks first.

After a change that is meant: python clients/python/mayfly-mail/tests/unit/cli/test_help.py > .../tests/unit/cli/help.txt
"""

import sys
from collections.abc import Iterator
from functools import cache
from io import StringIO
from pathlib import Path

import pytest
from cyclopts import App
from rich.console import Console

from mayfly_mail.cli.app import app

GOLDEN = Path(__file__).parent / "help.txt"
WIDTH = 100


def commands(of: App = app, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], App]]:
    """Yield every command with the words that lead to it, the root first."""
    yield path, of
    for name in of:
        if not name.startswith("-"):
            yield from commands(of[name], (*path, name))


def help_of(path: tuple[str, ...]) -> str:
    """Return what `mayfly ... --help` prints where nobody looks."""
    into = StringIO()
    app.help_print(path, console=Console(file=into, width=WIDTH, color_system=None, force_terminal=False))
    return "\n".join(line.rstrip() for line in into.getvalue().splitlines())


@cache
def all_helps() -> str:
    """Return the help texts of all commands, each under its name."""
    return "\n".join(f"=== mayfly {' '.join(path)}\n{help_of(path)}\n" for path, _ in commands())


LEAVES = [path for path, command in commands() if command.default_command is not None]


def test_the_help_texts_are_those_of_the_golden_file() -> None:
    assert GOLDEN.read_text(encoding="utf-8") == all_helps()


@pytest.mark.parametrize("path", LEAVES, ids=" ".join)
def test_each_command_says_what_it_does_with_an_example_and_its_exit_codes(path: tuple[str, ...]) -> None:
    text = help_of(path)
    sentence, _, rest = text.partition("\n\n")[2].partition("\n\n")
    assert sentence.endswith(".")
    assert "\nExamples:\n  mayfly" in rest or "\nExamples:\n" in rest
    assert f"mayfly {' '.join(path)}" in rest
    assert "\nExit codes: 0" in rest


def test_all_commands_of_the_design_are_there() -> None:
    expected = (
        "completion doctor fault clear fault set fault show inbox cursor inbox ls inbox new inbox rm listen messages ls messages open "
        "messages raw messages rm messages show send-test space ls space new space passwords space rm space smtp version wait "
        "webhooks attempts webhooks ls webhooks new webhooks resend webhooks verify"
    )
    assert expected == " ".join(sorted(" ".join(path) for path in LEAVES))


def test_no_command_takes_a_key_or_a_password() -> None:
    text = all_helps()
    assert [] == [word for word in ("--api-key", "--key", "--token", "--secret ", "--password ") if word in text]


if __name__ == "__main__":
    sys.stdout.write(all_helps())
