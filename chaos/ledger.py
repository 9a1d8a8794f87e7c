"""The ledger: one JSON line for each thing that happened, written as it happens and read by `audit`.

Every line has `what` (the kind of entry) and `at` (epoch seconds). docs/chaos.md lists the kinds and their fields.
"""

import json
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TextIO

Entry = dict[str, Any]


class Ledger:
    """Appends entries to a file, each flushed at once: a run that is killed leaves all that it had seen."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.latest: dict[str, Entry] = {}
        """The newest entry of each kind."""
        self._file: TextIO = path.open("w", encoding="utf-8", buffering=1)

    def write(self, what: str, **fields: Any) -> None:
        """Append an entry; `at` is now unless it is among the fields."""
        entry = {"what": what, "at": round(time.time(), 4), **fields}
        self.latest[what] = entry
        self._file.write(json.dumps(entry, ensure_ascii=False, separators=(",", ":")) + "\n")

    def close(self) -> None:
        self._file.close()


def read(path: Path) -> Iterator[Entry]:
    """Yield the entries of a ledger; a last line that was cut off by a kill is left out."""
    with path.open(encoding="utf-8") as file:
        for line in file:
            if line.endswith("\n"):
                yield json.loads(line)


def of(entries: Iterable[Entry], *whats: str) -> list[Entry]:
    return [entry for entry in entries if entry["what"] in whats]
