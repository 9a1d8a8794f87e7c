"""Where a command writes: results on stdout, words for people on stderr, colours and progress on a terminal alone.

All text passes `text.neutral`, so that no mail can move a cursor or colour a terminal. `--json` makes the result one
document (`document`), or a line each for what has no end (`json_line`).
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, TextIO

from mayfly_mail.cli.text import HOSTILE, neutral, one_line

if TYPE_CHECKING:
    from rich.console import Console

FOLDED = {"FROM", "SUBJECT", "LABEL", "NAME", "URL", "ANSWER", "TEXT"}
"""Columns that get what the others leave of a terminal's width: an id has to be whole, to be copied."""


def plain(value: object) -> object:
    """Return what JSON can say of a value that it does not know."""
    from mayfly_mail import NearMiss

    if isinstance(value, datetime):
        return value.isoformat()
    to_json = getattr(value, "to_json", None)
    if callable(to_json):
        return to_json()
    if isinstance(value, NearMiss):
        return {"id": value.id, "subject": value.subject, "failed": value.failed}
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Iterable):
        return list(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def json_text(value: object, stream: TextIO, *, indent: int | None = None) -> str:
    """Return a JSON document that the stream's encoding can hold, and that no terminal obeys."""
    is_narrow = not (stream.encoding or "").lower().startswith("utf")
    text = json.dumps(value, indent=indent, ensure_ascii=is_narrow, default=plain)
    return HOSTILE.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


def is_terminal(stream: TextIO) -> bool:
    """Whether somebody looks at it, on a terminal that can more than print letters."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


class Output:
    """The two streams of one run. They are looked up at each use, because tests and pagers replace them."""

    def __init__(self, *, as_json: bool = False) -> None:
        self.as_json = as_json

    @property
    def is_terminal(self) -> bool:
        return is_terminal(sys.stdout)

    def document(self, value: object) -> None:
        """Print one JSON document."""
        print(json_text(value, sys.stdout, indent=2))  # noqa: T201 - the result

    def json_line(self, value: object) -> None:
        """Print a JSON document as one line, at once."""
        print(json_text(value, sys.stdout), flush=True)  # noqa: T201 - the result

    def result(self, value: object, text: str) -> None:
        """Print `value` as JSON where `--json` was given, else `text`."""
        if self.as_json:
            self.document(value)
        else:
            self.line(text)

    def line(self, text: str, style: str = "", *, now: bool = False) -> None:
        """Print text on stdout, in a colour where it is a terminal that wants one; `now`: do not wait for more."""
        if style and self.is_terminal:
            self._console().print(
                neutral(text), style=style, markup=False, highlight=False, emoji=False, soft_wrap=True
            )
        else:
            print(neutral(text), flush=now)  # noqa: T201 - the result

    def octets(self, content: bytes) -> None:
        """Write octets as they are; on a terminal, as neutral text."""
        if self.is_terminal:
            print(neutral(content.decode("utf-8", "backslashreplace")))  # noqa: T201 - the result
            return
        sys.stdout.flush()
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()

    def note(self, text: str) -> None:
        """Say something to a person, on stderr."""
        print(neutral(text), file=sys.stderr, flush=True)  # noqa: T201 - words for people

    def table(self, headings: Sequence[str], rows: Iterable[Sequence[object]], *, empty: str) -> None:
        """Print rows: aligned under headings on a terminal, else one a line with tabs between the cells."""
        cells = [[one_line("-" if cell is None else str(cell)) for cell in row] for row in rows]
        if not cells:
            self.note(empty)
        elif self.is_terminal:
            self._aligned(headings, cells)
        else:
            print("\n".join("\t".join(row) for row in cells))  # noqa: T201 - the result

    def _aligned(self, headings: Sequence[str], cells: list[list[str]]) -> None:
        from rich.table import Table
        from rich.text import Text

        table = Table(box=None, pad_edge=False, header_style="bold")
        for heading in headings:
            table.add_column(heading, overflow="fold", no_wrap=heading not in FOLDED)
        for row in cells:
            table.add_row(*(Text(cell) for cell in row))
        self._console().print(table)

    @contextmanager
    def progress(self, text: str) -> Iterator[None]:
        """Show that something is being waited for, while it is, on a terminal alone."""
        if not is_terminal(sys.stderr) or self.as_json:
            yield
            return
        from rich.text import Text

        with self._console(sys.stderr).status(Text(one_line(text)), spinner="line"):
            yield

    def _console(self, stream: TextIO | None = None) -> Console:
        from rich.console import Console

        return Console(file=stream or sys.stdout)
