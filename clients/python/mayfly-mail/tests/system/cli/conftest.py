"""The command against a running Mayfly: in this process (`run`), and as users start it (`command`)."""

import io
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from mayfly_mail import Inbox, Mayfly
from mayfly_mail.cli import main

if TYPE_CHECKING:
    from mayfly_local.stack import Stack


@dataclass
class Ran:
    """What a command left behind."""

    code: int
    out: str
    err: str


Run = Callable[..., Ran]
Command = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def environment(stack: "Stack", tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Set what the command reads of the environment; return it all, for commands of their own."""
    monkeypatch.setenv("MAYFLY_URL", stack.http_url)
    monkeypatch.setenv("MAYFLY_API_KEY", stack.api_key)
    monkeypatch.setenv("MAYFLY_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.delenv("MAYFLY_API_KEY_FILE", raising=False)
    return dict(os.environ)


@pytest.fixture
def run(environment: dict[str, str]) -> Run:
    """Return a function that runs a command in this process."""
    assert environment

    def ran(*arguments: str) -> Ran:
        octets, errors = io.BytesIO(), io.StringIO()
        with redirect_stdout(io.TextIOWrapper(octets, encoding="utf-8")) as out, redirect_stderr(errors):
            code = main(arguments)
            out.flush()
            return Ran(code, octets.getvalue().decode(), errors.getvalue())

    return ran


@pytest.fixture
def command(environment: dict[str, str]) -> Iterator[Command]:
    """Return a function that starts the installed command; what still runs at the end is killed."""
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: str, **options: Any) -> "subprocess.Popen[str]":
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "env": environment, **options}
        process = subprocess.Popen([str(Path(sys.executable).parent / "mayfly"), *arguments], **pipes)
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.fixture
def inbox(environment: dict[str, str]) -> Iterator[Inbox]:
    """Yield an inbox that is deleted afterwards."""
    assert environment
    with Mayfly() as mayfly, mayfly.inbox(label="test of the command") as made:
        yield made
