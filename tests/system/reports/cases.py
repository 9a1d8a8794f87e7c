"""The table of bug reports of other projects: tests/reports/cases.toml as objects.

A case names its inputs (mails, or a function of `calls`) and what is right. A row is all cases of one number.
"""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[2] / "reports"


@dataclass(frozen=True)
class Case:
    """`fault`: class of the fault. `expect`: see `judging`. Either `mails` (file names) or `call` is set."""

    nr: int
    fault: str
    source: tuple[str, ...]
    mails: tuple[str, ...] = ()
    call: str | None = None
    expect: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Cases:
    """`known_wrong`: numbers of rows that are wrong today."""

    folder: Path
    known_wrong: frozenset[int]
    cases: tuple[Case, ...]

    def octets(self, mail: str) -> bytes:
        return (self.folder / "mails" / mail).read_bytes()


def read_cases(folder: Path = FOLDER) -> Cases:
    """Read `cases.toml` of a folder. Raises TypeError for an unknown key, ValueError for a case without an input."""
    table = tomllib.loads((folder / "cases.toml").read_text(encoding="utf-8"))
    cases = tuple(_case(**entry) for entry in table["case"])
    return Cases(folder, frozenset(table["known_wrong"]), cases)


def _case(nr: int, source: list[str], mails: tuple[str, ...] = (), call: str | None = None, **rest: Any) -> Case:
    case = Case(nr, rest.pop("class"), tuple(source), tuple(mails), call, **rest)
    if bool(case.mails) == bool(call):
        raise ValueError(f"case {nr} needs either mails or a call")
    if case.mails and not case.expect:
        raise ValueError(f"case {nr} says nothing about its mails")
    return case
