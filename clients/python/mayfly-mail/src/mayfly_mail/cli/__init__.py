"""The `mayfly` command: inboxes, waiting, webhooks and fault plans from a shell.

`main` is what the installed script calls. Everything else is imported when a command needs it, so that a shell waits
for nothing it did not ask for. It needs the extra `cli` (cyclopts reads the arguments, rich draws tables and progress).
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

EXTRA = {"cyclopts", "rich"}
MISSING = 'mayfly: the command line needs the extra "cli". Install it with: python -m pip install "mayfly-mail[cli]"'


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code (`exits.Exit`); `argv` is without the program's name."""
    try:
        from mayfly_mail.cli.run import run
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in EXTRA:
            raise
        print(MISSING, file=sys.stderr)  # noqa: T201 - nothing that prints is there yet
        return 2
    return run(list(sys.argv[1:] if argv is None else argv))
