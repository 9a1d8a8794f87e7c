"""Parses damaged mails and compares with what two other parsers find.

    python -m tests.fuzz [mutations=100000] [seed=0] [folder=...]

Takes the mails of `tests/corpus` and `tests/reports`, and `*.eml` below `folder`. Ends with 1 if any mutation raises, takes
over 2 s, cannot be stored, or ends as an empty message without a warning although another parser sees text.
"""

import sys
import time
from collections import Counter
from pathlib import Path

from message_parser.domain.parse import parse
from tests.fuzz.mutations import mutate
from tests.fuzz.verdict import fault, known_mails

SLOWEST_SECONDS = 2.0


def main() -> int:
    options = dict(argument.split("=", 1) for argument in sys.argv[1:])
    count, seed = int(options.get("mutations", "100000")), int(options.get("seed", "0"))
    mails = (
        [*known_mails(), *(path.read_bytes() for path in sorted(Path(options["folder"]).rglob("*.eml")))]
        if "folder" in options
        else known_mails()
    )
    faults: Counter[str] = Counter()
    slowest = 0.0
    for number in range(seed, seed + count):
        octets = mutate(mails[number % len(mails)], number)
        began = time.perf_counter()
        try:
            parsed = parse(octets)
        except Exception as error:  # noqa: BLE001 - that is what is looked for
            faults[f"raised {type(error).__name__}"] += 1
            print(f"seed {number}: raised {error!r}")
            continue
        slowest = max(slowest, time.perf_counter() - began)
        found = fault(octets, parsed)
        if found:
            faults[found] += 1
            if faults[found] <= 20:
                print(f"seed {number}: {found}")
    print(f"{count} mutations of {len(mails)} mails; slowest {slowest:.2f} s; faults: {dict(faults) or 'none'}")
    return 1 if faults or slowest > SLOWEST_SECONDS else 0


if __name__ == "__main__":
    sys.exit(main())
