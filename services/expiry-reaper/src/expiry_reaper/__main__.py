"""`python -m expiry_reaper` runs one reaper; several share the work. `fsck [--remove]` checks for orphans once."""

import mayfly.service.imports  # noqa: F401 - before what it keeps out

# isort: split
import argparse
import asyncio
import os
import sys

from expiry_reaper.app import build, fsck
from expiry_reaper.settings import Settings
from mayfly.failures import Failure, TransientFailure
from mayfly.service import logging, settings
from mayfly.service.run import run


def main() -> None:
    parser = argparse.ArgumentParser(prog="expiry_reaper")
    parser.add_argument(
        "command",
        nargs="?",
        choices=["fsck"],
        help="check the whole store for orphans once, print their number, and exit",
    )
    parser.add_argument("--remove", action="store_true", help="with fsck: also delete the orphans")
    arguments = parser.parse_args()
    if arguments.command:
        sys.exit(_fsck(remove=arguments.remove))
    run("expiry-reaper", build, Settings)


def _fsck(*, remove: bool) -> int:
    """Print the number of orphans by collection; returns 0 when none are left, 1 when some are, 2 on failure."""
    logging.configure("fsck", "ERROR")
    try:
        found = asyncio.run(fsck(settings.load(Settings, os.environ), remove=remove))
    except (settings.SettingsError, Failure) as error:
        print(f"mayfly fsck: {explained(error)}", file=sys.stderr)  # noqa: T201 - a command for a person
        return 2
    for collection, orphans in found.items():
        print(f"{orphans:8} {collection}{' (removed)' if remove and orphans else ''}")  # noqa: T201
    return 0 if remove or not any(found.values()) else 1


def explained(error: Exception) -> str:
    """What went wrong, and which settings say where store and broker are."""
    where = "; MAYFLY_MONGO_URI and MAYFLY_NATS_URL say where store and broker are"
    return f"{error}{where}" if isinstance(error, TransientFailure) else str(error)


if __name__ == "__main__":
    main()
