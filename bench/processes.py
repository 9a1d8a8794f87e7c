"""Processor time and memory of running processes, read from /proc (proc(5)); benches read it nowhere else.

Processor time is in seconds, memory in MiB. A process that has ended counts as nothing.
"""

import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

SERVERS = ("mongod", "nats-server")
_TICKS = os.sysconf("SC_CLK_TCK")
_PARENT, _OWN, _WITH_ENDED_CHILDREN = 1, slice(11, 13), slice(11, 15)
_RESTING_CORES = 0.2
_REST_SECONDS = 120


class Memory(NamedTuple):
    """`rss` counts a page that processes share in each of them, `pss` divides it among them."""

    rss: float
    pss: float


def children_of(pid: int) -> list[int]:
    """The processes that it has started and that run."""
    return _children().get(pid, [])


def tree(root: int) -> list[int]:
    """The process and all its descendants that run."""
    children = _children()
    found = [root]
    for pid in found:
        found += children.get(pid, ())
    return found


def user_and_system(pid: int) -> tuple[float, float]:
    """Processor time of the process so far without its children, in user mode and in the kernel."""
    user, system = (int(ticks) / _TICKS for ticks in _stat(pid)[_OWN] or (0, 0))
    return user, system


def own_cpu(pid: int) -> float:
    """Processor time of the process so far without its children."""
    return sum(user_and_system(pid))


def cpu_of_tree(root: int) -> float:
    """Processor time so far of the process and all its descendants, those that have ended included."""
    return sum(int(ticks) for pid in tree(root) for ticks in _stat(pid)[_WITH_ENDED_CHILDREN]) / _TICKS


def cpu_of(processes: Mapping[str, int]) -> dict[str, float]:
    """Processor time so far by name, descendants included."""
    return {name: cpu_of_tree(pid) for name, pid in processes.items()}


def at_rest(processes: Mapping[str, int]) -> dict[str, float]:
    """Processor time by name once they do little more: work on mails may go on after these are visible."""
    before = cpu_of(processes)
    for _ in range(_REST_SECONDS):
        time.sleep(1)
        after = cpu_of(processes)
        if sum(after.values()) - sum(before.values()) < _RESTING_CORES:
            break
        before = after
    return after


def cpu_of_servers() -> dict[str, float]:
    """Processor time so far by name of the mongod and the nats-server that this process has started."""
    named = {_name(pid): pid for pid in children_of(os.getpid())}
    return cpu_of({name: pid for name, pid in named.items() if name in SERVERS})


def of_stack(folder: Path) -> Mapping[str, int]:
    """Name to process id of what `make run` started on this data folder."""
    return {path.stem: int(path.read_text()) for path in sorted((folder / "run").glob("*.pid"))}


def memory(pid: int) -> Memory:
    """Memory of the process without its children; where a confined one hides its `pss`, that is its `rss`."""
    if sizes := _sizes(pid, "smaps_rollup"):
        return Memory(sizes["Rss"], sizes["Pss"])
    rss = _sizes(pid, "status").get("VmRSS", 0.0)
    return Memory(rss, rss)


def memory_of_tree(root: int) -> Memory:
    """Memory of the process and all its descendants."""
    found = [memory(pid) for pid in tree(root)]
    return Memory(sum(each.rss for each in found), sum(each.pss for each in found))


def peak_mib(pid: int) -> float:
    """The most memory (as in `rss`) that the process has had so far."""
    return _sizes(pid, "status").get("VmHWM", 0.0)


def descriptors(pid: int) -> int:
    """How many files and sockets the process has open."""
    return sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())


def runs_module(pid: int, module: str) -> bool:
    """Whether it was started as `python -m module`."""
    return module.encode() in _read(pid, "cmdline").split(b"\0")


def _children() -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*"):
        if fields := _stat(int(path.name)):
            found.setdefault(int(fields[_PARENT]), []).append(int(path.name))
    return found


def _name(pid: int) -> str:
    return _read(pid, "comm").decode().strip()


def _stat(pid: int) -> list[str]:
    """The fields after the name of the program; none when the process has ended."""
    return _read(pid, "stat").decode().rpartition(") ")[2].split()


def _sizes(pid: int, file: str) -> dict[str, float]:
    return dict(_sizes_in(_read(pid, file).decode()))


def _sizes_in(text: str) -> Iterator[tuple[str, float]]:
    for line in text.splitlines():
        name, _, value = line.partition(":")
        if value.endswith(" kB"):
            yield name, int(value.split()[0]) / 1024


def _read(pid: int, file: str) -> bytes:
    """The file's content; nothing where the process has ended, or lets nobody look."""
    try:
        return Path(f"/proc/{pid}/{file}").read_bytes()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return b""
