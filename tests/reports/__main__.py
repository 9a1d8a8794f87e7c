"""`make reports`: tries bug reports of other projects on a whole Mayfly and prints what it saw.

Starts Mayfly in a temporary folder on free ports and stops it afterwards. Exit code 1 when any row is wrong, also a known one.
"""

import sys
import tempfile
from pathlib import Path

from mayfly_local.stack import Stack
from tests.system.reports.cases import FOLDER, read_cases
from tests.system.reports.trying import ENVIRONMENT, printed, try_all


def main(folder: str = str(FOLDER)) -> int:
    table = read_cases(Path(folder))
    with tempfile.TemporaryDirectory(prefix="mayfly-reports-") as data, Stack(Path(data), env=ENVIRONMENT) as stack:
        rows = try_all(stack, table)
    sys.stdout.write(printed(rows) + "\n")
    return 0 if all(row.right for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
