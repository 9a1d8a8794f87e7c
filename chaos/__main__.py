"""`make chaos`: breaks a cluster on this machine in some hundred ways under load, and proves what became of each mail.

docs/chaos.md says how to read its output. Exits 1 when anything acknowledged was lost, doubled, resurrected or seen by
somebody else, 2 when the run itself failed.
"""

import argparse
import asyncio
import logging
import os
import signal
import sys
import tempfile
import time
from pathlib import Path

import structlog

from chaos import disks, schedule, summary
from chaos.experiment import Experiment
from chaos.schedule import Shape

FAULTS, RATE, SETTLE_SECONDS = 320, 15.0, 180.0
SHORT_FAULTS, SHORT_RATE, SHORT_SETTLE_SECONDS = 12, 10.0, 15.0


def main() -> int:
    chosen = _arguments()
    # Both end the run in order: every process is stopped, the folder deleted.
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    allowed = disks.enter("chaos", sys.argv[1:])
    shape = schedule.SHORT if chosen.short else Shape()
    plan = schedule.plan(chosen.seed, chosen.faults, shape)
    load = os.getloadavg()[0]
    print(f"seed {chosen.seed}: {len(plan)} faults in {plan[-1].at:.0f} s, load average {load:.1f}", flush=True)
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="mayfly-chaos-") as temporary:
        folder = (chosen.folder or Path(temporary)).absolute()
        folder.mkdir(parents=True, exist_ok=True)
        run = Experiment(folder, shape, seed=chosen.seed, rate=chosen.rate, disks=allowed, settle=chosen.settle)
        try:
            verdict = asyncio.run(run.run(plan))
        except RuntimeError as error:
            print(error, file=sys.stderr)
            return 2
        finally:
            if chosen.ledger:
                chosen.ledger.write_bytes(run.ledger.path.read_bytes())
    word = "good" if verdict.good else "NOT GOOD"
    print(f"\n{summary.table(verdict)}\n\n{word} after {time.monotonic() - begun:.0f} s")
    return 0 if verdict.good else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--seed", type=int, default=int(time.time()), help="of schedule and load (default: the time)")
    parser.add_argument("--short", action="store_true", help="one of each process, a dozen faults, half a minute")
    parser.add_argument("--faults", type=int, help=f"how many (default: {FAULTS}; {SHORT_FAULTS} if short)")
    parser.add_argument("--rate", type=float, help=f"mails a second (default: {RATE:g}; {SHORT_RATE:g} if short)")
    parser.add_argument("--settle", type=float, help="seconds to wait at the end until everything is delivered")
    parser.add_argument("--ledger", type=Path, help="write the ledger here")
    parser.add_argument("--folder", type=Path, help="keep logs and ledger here (default: a temporary folder)")
    chosen = parser.parse_args()
    chosen.faults = chosen.faults or (SHORT_FAULTS if chosen.short else FAULTS)
    chosen.rate = chosen.rate or (SHORT_RATE if chosen.short else RATE)
    chosen.settle = chosen.settle or (SHORT_SETTLE_SECONDS if chosen.short else SETTLE_SECONDS)
    return chosen


if __name__ == "__main__":
    sys.exit(main())
