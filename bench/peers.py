"""`make bench-peers`: Mayfly beside Mailpit, Inbucket and MailDev, in turns on this machine, as their users run them.

Which peers take part, and with which settings, says bench.systems. In each round, each system is started anew and
takes, from 32 peers at once, different mails of 10 to 20 kB: first over connections that are kept, then over a
connection for each mail. It has to show all of them by its API, and is then read by 32 clients. Load and servers
share the cores. Mayfly writes each mail to the disk before it acknowledges it, and checks keys, limits and quotas; the
others do neither. Prints the figures of each round, then medians and Mayfly's ratio to each peer; checks no target.

    python -m bench.peers [rounds=2] [seconds=6] [only=mayfly,mailpit]
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import median
from typing import Any

from bench import options
from bench.processes import at_rest, cpu_of, memory_of_tree
from bench.smtp_load import Options
from bench.systems import SYSTEMS, Running, found_here

PEERS = 32
_STYLES = {"kept": "acked/s, connections kept", "single": "acked/s, a connection a mail"}

Figures = dict[str, float]


def main() -> None:
    given = options.read(rounds="2", seconds="6", only="")
    medians = compare(chosen(given["only"]), int(given["rounds"]), float(given["seconds"]))
    print("\n".join(["", *table(medians)]))


def chosen(only: str) -> list[str]:
    """The systems to compare: those named, or all that are here. Exits when one of those named is not."""
    here = found_here()
    names = only.split(",") if only else here
    if missing := set(names) - set(here):
        sys.exit(f"not on PATH, and no BENCH_... names them: {', '.join(sorted(missing))}")
    return names


def compare(names: Sequence[str], rounds: int, seconds: float) -> dict[str, Figures]:
    """Measure the systems in turns, print each round, and return the medians by system."""
    print(f"{os.cpu_count()} cores, load average {os.getloadavg()[0]:.2f}; {rounds} rounds of {', '.join(names)}")
    results: dict[str, list[Figures]] = {name: [] for name in names}
    for number in range(rounds):
        for name in names:
            with tempfile.TemporaryDirectory(prefix=f"bench-{name}-") as folder:
                figures = measure(name, Path(folder), seconds)
            results[name].append(figures)
            print(f"round {number + 1}, {name}, load average {os.getloadavg()[0]:.1f}", flush=True)
            for what, figure in figures.items():
                print(f"  {what:<44} {figure:>10,.1f}", flush=True)
    return {
        name: {what: median(each[what] for each in rounds) for what in rounds[0]} for name, rounds in results.items()
    }


def measure(name: str, folder: Path, seconds: float) -> Figures:
    """Start the system, load it, and stop it."""
    with SYSTEMS[name](folder / "system") as running:
        return dict(_figures(running, seconds))


def _figures(running: Running, seconds: float) -> Iterator[tuple[str, float]]:
    time.sleep(1)
    yield "memory idle, MiB", sum(memory_of_tree(pid).pss for pid in running.processes.values())
    sent: Counter[str] = Counter()
    for style, title in _STYLES.items():
        before, begun = cpu_of(running.processes), time.perf_counter()
        found = _send(running, style, seconds)
        mails = sum(found["sent"].values())
        sent.update(found["sent"])
        yield title, found["mails"] / seconds
        yield f"  refused ({style})", found["refused"]
        yield f"  final reply p50, ms ({style})", found["final_reply_ms"]["p50"]
        yield f"  final reply p99, ms ({style})", found["final_reply_ms"]["p99"]
        running.wait_until_visible(sent)
        yield f"visible/s ({style})", mails / (time.perf_counter() - begun)
        after = at_rest(running.processes)
        spent = {name: (after[name] - before[name]) / mails * 1e6 for name in after}
        yield f"CPU a mail, us ({style})", sum(spent.values())
        if len(spent) > 1:
            for name, each in sorted(spent.items(), key=lambda item: -item[1]):
                yield f"  {name}, us ({style})", each
    for kind, calls in running.calls().items():
        if calls:
            found = _read(running, calls, seconds / 2)
            yield f"{kind}/s", found["per_second"] if set(found["statuses"]) == {"200"} else 0.0
            yield f"{kind} p99, ms", found["p99_ms"]


def _read(running: Running, calls: Sequence[tuple[str, str]], seconds: float) -> dict[str, Any]:
    lines = "\n".join(f"{path} {key}" for path, key in calls)
    command = [sys.executable, "-m", "bench.api_load", "127.0.0.1", str(running.http_port), str(PEERS), str(seconds)]
    done = subprocess.run(command, input=lines, text=True, capture_output=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _send(running: Running, style: str, seconds: float) -> dict[str, Any]:
    load_options = Options(running.smtp_port, style, PEERS, seconds, running.addresses, mixed=True)
    load = subprocess.run(
        [sys.executable, "-m", "bench.smtp_load"],
        input=json.dumps(asdict(load_options)).encode(),
        capture_output=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(load.stdout)
    return found


def table(medians: Mapping[str, Figures]) -> Iterator[str]:
    """What each system reached, and in brackets what Mayfly's is divided by the peer's."""
    yield f"{'median of the rounds':<40}" + "".join(f"{name:>20}" for name in medians)
    ours = medians.get("mayfly", {})
    for what in dict.fromkeys(what for found in medians.values() for what in found if not what.startswith("  ")):
        cells = []
        for name, found in medians.items():
            cell = f"{found[what]:,.0f}" if what in found else "-"
            if name != "mayfly" and found.get(what) and what in ours:
                cell += f" ({ours[what] / found[what]:.2f})"
            cells.append(f"{cell:>20}")
        yield f"{what:<40}" + "".join(cells)


if __name__ == "__main__":
    main()
