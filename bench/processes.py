"""Processor time and memory of running processes, read from /proc (proc(5)); a process counts with its descendants."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_MIB = 1024 * 1024


@dataclass(frozen=True)
class Usage:
    """`cpu`: seconds of processor time so far, those of ended descendants included. Memory in MiB.

    `resident` counts pages that processes share in each of them, `proportional` once (PSS).
    """

    cpu: float
    resident: float
    proportional: float


def tree(root: int) -> list[int]:
    """The process and all its descendants that run."""
    children: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        if fields := _stat(path):
            children.setdefault(int(fields[1]), []).append(int(path.parent.name))
    found = [root]
    for pid in found:
        found += children.get(pid, ())
    return found


def cpu_seconds(root: int) -> float:
    """Processor time of the process and all its descendants."""
    total = 0
    for pid in tree(root):
        if fields := _stat(Path(f"/proc/{pid}/stat")):
            # Its own, and that of its children that have ended.
            total += sum(map(int, fields[11:15]))
    return total / _TICKS


def usage(root: int) -> Usage:
    """What the process and all its descendants use."""
    pages = [_memory(pid) for pid in tree(root)]
    return Usage(cpu_seconds(root), sum(rss for rss, _ in pages), sum(pss for _, pss in pages))


def of_stack(folder: Path) -> Mapping[str, int]:
    """Name to process id of what `make run` started on this data folder."""
    return {path.stem: int(path.read_text()) for path in sorted((folder / "run").glob("*.pid"))}


def cpu_of(processes: Mapping[str, int]) -> dict[str, float]:
    """Processor time so far by name."""
    return {name: cpu_seconds(pid) for name, pid in processes.items()}


def memory_table(processes: Mapping[str, int], supervisor: int) -> Iterable[str]:
    """One line for each process, for the one that started them all, and for the sum."""
    found = {name: usage(pid) for name, pid in processes.items()}
    total = usage(supervisor)
    of_all = {"resident": total.resident, "proportional": total.proportional}
    alone = {part: most - sum(getattr(used, part) for used in found.values()) for part, most in of_all.items()}
    found |= {"make run itself": Usage(0, alone["resident"], alone["proportional"]), "all": total}
    for name, used in found.items():
        yield f"  {name:<20} {used.resident:>6.0f} MiB resident {used.proportional:>6.0f} MiB proportional"


def _stat(path: Path) -> list[str]:
    """The fields after the name of the program; none when the process has ended."""
    try:
        return path.read_text().rpartition(") ")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def _memory(pid: int) -> tuple[float, float]:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return 0.0, 0.0
    sizes = {line.split(":")[0]: int(line.split()[1]) * 1024 / _MIB for line in lines[1:]}
    return sizes["Rss"], sizes["Pss"]
