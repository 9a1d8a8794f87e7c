"""`make bench-start`: how long `make run` takes until everything is ready, and the memory that it needs when idle.

A first start on a new folder, then five warm ones. Memory is read a few seconds after the last start, by process.
Prints figures; checks no target.
"""

import os
import statistics
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from bench.processes import Memory, memory_of_tree, of_stack
from mayfly_local.stack import Stack

WARM_STARTS = 5
_SETTLE_SECONDS = 5


def main() -> None:
    print(f"{os.cpu_count()} cores, load average {os.getloadavg()[0]:.2f}")
    with tempfile.TemporaryDirectory(prefix="mayfly-start-") as folder:
        stack = Stack(Path(folder))
        print(f"first start: {started(stack):.2f} s")
        stack.stop()
        seconds = []
        for number in range(WARM_STARTS):
            seconds.append(started(stack))
            if number < WARM_STARTS - 1:
                stack.stop()
        listed = ", ".join(f"{each:.2f}" for each in seconds)
        print(f"warm starts: {listed} s; median {statistics.median(seconds):.2f} s")
        time.sleep(_SETTLE_SECONDS)
        assert stack.process is not None
        print("idle, children counted with their service:")
        print(*memory_table(of_stack(stack.data_dir), stack.process.pid), sep="\n")
        stack.stop()


def memory_table(processes: Mapping[str, int], supervisor: int) -> Iterator[str]:
    """One line for each process, for the one that started them all, and for the sum."""
    found = {name: memory_of_tree(pid) for name, pid in processes.items()}
    total = memory_of_tree(supervisor)
    rss, pss = (sum(sizes) for sizes in zip(*found.values(), strict=True))
    found |= {"make run itself": Memory(total.rss - rss, total.pss - pss), "all": total}
    for name, used in found.items():
        yield f"  {name:<20} {used.rss:>6.0f} MiB resident {used.pss:>6.0f} MiB proportional"


def started(stack: Stack) -> float:
    """Seconds until it is ready."""
    begun = time.perf_counter()
    stack.start()
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
