"""Dispatcher processes made to be killed: this process has everything imported, and forks one for each line it reads.

Run by path with the settings as JSON. Prints the id of each process. Its retries come sooner than the product's.
"""

import asyncio
import os
import signal
import sys
from dataclasses import replace

import msgspec
import structlog

from webhook_dispatcher.app import build
from webhook_dispatcher.domain.formats import WIRES
from webhook_dispatcher.settings import Settings

QUICK = {**WIRES, "vaultmail": replace(WIRES["vaultmail"], retries=(0.3, 0.3, 0.3))}


async def dispatch(settings: Settings) -> None:
    async with build(settings, QUICK) as component:
        stop = asyncio.Event()
        await asyncio.gather(*(task(stop) for task in component.tasks.values()))


def main() -> None:
    settings = msgspec.json.decode(sys.argv[1], type=Settings)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger("CRITICAL"))
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for _ in sys.stdin:
        process = os.fork()
        if not process:
            asyncio.run(dispatch(settings))
        print(process, flush=True)  # noqa: T201 - how the test learns of it


if __name__ == "__main__":
    main()
