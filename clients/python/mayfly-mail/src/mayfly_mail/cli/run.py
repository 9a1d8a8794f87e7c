"""One run of the command: reads the arguments, calls it, and turns every failure into words and an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from cyclopts import CycloptsError
from cyclopts.exceptions import UnusedCliTokensError

from mayfly_mail.cli.app import app
from mayfly_mail.cli.exits import Exit
from mayfly_mail.cli.invocation import Options
from mayfly_mail.cli.text import neutral

BEFORE_THE_COMMAND = {"--json": 0, "--debug": 0, "--url": 1}
"""Options that every command has may also stand before its name; how many values each takes."""


def run(tokens: list[str]) -> int:
    """Run one command; return its exit code. A reader of the output that went away (`| head`) is no failure."""
    _make_streams_usable()
    try:
        code = _command(behind_the_command(tokens))
        sys.stdout.flush()
    except BrokenPipeError:
        _forget_stdout()
        return Exit.OK
    return code


def behind_the_command(tokens: Sequence[str]) -> list[str]:
    """Move the common options that stand before the command's name behind everything, but before a `--`."""
    at = 0
    while at < len(tokens) and (name := tokens[at].partition("=")[0]) in BEFORE_THE_COMMAND:
        at += 1 + (BEFORE_THE_COMMAND[name] if "=" not in tokens[at] else 0)
    leading, rest = list(tokens[:at]), list(tokens[at:])
    end = rest.index("--") if "--" in rest else len(rest)
    return rest[:end] + leading + rest[end:]


def _command(tokens: list[str]) -> int:
    try:
        command, bound, _ = app.parse_args(tokens, exit_on_error=False, print_error=False)
    except CycloptsError as error:
        return _usage(error)
    common = bound.arguments.get("common") or Options()
    return _call(command, bound.args, bound.kwargs, common)


def _call(command: Callable[..., Any], args: Sequence[Any], kwargs: dict[str, Any], common: Options) -> int:
    try:
        return int(command(*args, **kwargs) or Exit.OK)
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)  # noqa: T201 - words for people
        return Exit.INTERRUPTED
    except BrokenPipeError:
        raise
    except Exception as error:  # noqa: BLE001 - this is the edge: every failure becomes words and a code
        return _failed(error, common)


def _failed(error: Exception, common: Options) -> int:
    if common.debug:
        raise error
    from mayfly_mail.cli.failing import describe

    return describe(error, common)


def _usage(error: CycloptsError) -> int:
    chain = " ".join(error.command_chain or ())
    where = f"mayfly {chain}".rstrip()
    text = str(error)
    if isinstance(error, UnusedCliTokensError):
        text = f"unexpected argument: {' '.join(error.unused_tokens or ())}"
    print(neutral(f"{where}: {text}\nTry: {where} --help"), file=sys.stderr)  # noqa: T201 - words for people
    return Exit.USAGE


def _make_streams_usable() -> None:
    """Replace a stream that is closed, and let letters that an encoding lacks be written out."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # `>&-`, or a Windows program without a console
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - for the rest of the run
        reconfigure = getattr(getattr(sys, name), "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def _forget_stdout() -> None:
    """Point stdout at nothing, so that the interpreter's last flush does not complain again."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
