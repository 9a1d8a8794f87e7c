"""The recorded answers of real servers, and how answers of another are compared with them."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "facts"
ABSENT = "<absent>"


def write(kind: str, answers: dict[str, Any]) -> None:
    text = json.dumps(answers, ensure_ascii=False, indent=1, sort_keys=True)
    (FOLDER / f"{kind}.json").write_text(text + "\n", encoding="utf-8")


def read(kind: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / f"{kind}.json").read_text(encoding="utf-8"))
    return found


@dataclass(frozen=True)
class Difference:
    """A difference that is meant. `where`: a regular expression for the whole path, as `unequal` writes it.

    `ours`: what stands there here, or a function of their value and ours that says whether ours is as it should be.
    """

    where: str
    reason: str
    ours: Any

    def fits(self, path: str, theirs: Any, ours: Any) -> bool:
        if re.fullmatch(self.where, path) is None:
            return False
        return self.ours(theirs, ours) is True if callable(self.ours) else self.ours == ours


def unequal(theirs: Any, ours: Any, path: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Path, their value and our value, for each leaf in which two answers differ.

    Keys are joined by ` > `; lists are compared as a whole unless they hold objects and are equally long.
    """
    if isinstance(theirs, dict) and isinstance(ours, dict):
        for key in sorted(theirs.keys() | ours.keys()):
            yield from unequal(theirs.get(key, ABSENT), ours.get(key, ABSENT), f"{path} > {key}" if path else key)
    elif _objects(theirs) and _objects(ours) and len(theirs) == len(ours):
        for number, (their, our) in enumerate(zip(theirs, ours, strict=True)):
            yield from unequal(their, our, f"{path} > {number}")
    elif theirs != ours or type(theirs) is not type(ours):
        yield path, theirs, ours


def with_meant(steps: dict[str, Any], meant: tuple[Difference, ...]) -> dict[str, Any]:
    """The events of each step without those that `meant` says are absent here."""

    def is_due(path: str, data: Any) -> bool:
        return not any(each.fits(path, data, ABSENT) for each in meant)

    return {
        step: {key: data for key, data in events.items() if is_due(f"{step} > {key}", data)}
        for step, events in steps.items()
        if isinstance(events, dict)
    }


def _objects(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(each, dict) for each in value)


def judged(theirs: Any, ours: Any, meant: tuple[Difference, ...]) -> tuple[list[str], list[str]]:
    """The differences that nobody meant, and the reasons of `meant` that were not needed."""
    used: list[Difference] = []
    found = []
    for path, their, our in unequal(theirs, ours):
        fitting = [each for each in meant if each.fits(path, their, our)]
        used += fitting
        if not fitting:
            found.append(
                f"{path}\n    theirs: {json.dumps(their, ensure_ascii=False)}\n    ours:   {json.dumps(our, ensure_ascii=False)}"
            )
    return found, [each.reason for each in meant if each not in used]
