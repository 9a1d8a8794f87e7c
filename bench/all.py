"""`make bench-all`: what users get, all at default settings, in one summary: peers, live channels, start, memory.

Runs bench.peers, bench.live without idle streams, bench.start and bench.guard one after the other, then prints the
figures that docs/performance.md begins with. Takes about ten minutes; the machine should do nothing else.

    python -m bench.all [rounds=2] [seconds=6] [mails=1500]
"""

import os
from statistics import quantiles

from bench import guard, live, options, peers, start


def main() -> None:
    given = options.read(rounds="2", seconds="6", mails="1500")
    before = os.getloadavg()[0]
    medians = peers.compare(peers.chosen(""), int(given["rounds"]), float(given["seconds"]))
    with live.started() as stack:
        waited = live.measure(stack, int(given["mails"]), 50.0)
    start.main()
    guard.main()
    print(f"\n{os.cpu_count()} cores, load average {before:.2f} before, {os.getloadavg()[0]:.2f} after", "", sep="\n")
    print(*peers.table(medians), "", sep="\n")
    print("50 mails a second, from SMTP 250")
    for channel, seconds in waited.items():
        cuts = [1000 * cut for cut in quantiles(seconds, n=100)]
        print(f"  to {channel:<10} p50 {cuts[49]:>6.1f} ms   p99 {cuts[98]:>6.1f} ms")


if __name__ == "__main__":
    main()
