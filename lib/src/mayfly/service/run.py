"""The lifecycle of every process; `__main__` of each service calls `run(name, build, Settings)`.

settings (all faults at once, exit 2) -> logs -> probe server -> build (connects, checks its dependencies)
-> ready -> tasks until SIGTERM or SIGINT -> not ready -> tasks drain within the grace time -> close.
"""

import asyncio
import gc
import os
import signal
import sys
from collections.abc import Callable, Coroutine, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass, field
from typing import TypeVar

import structlog
import uvloop

from mayfly.failures import Failure
from mayfly.service import logging, metrics, probes, settings, tracing

_log = structlog.get_logger()
_GARBAGE_OBJECTS = 20_000

Task = Callable[[asyncio.Event], Coroutine[None, None, None]]
"""Runs until the event is set, then finishes the work in flight and returns."""


@dataclass(frozen=True)
class Component:
    """A built service: its long-running tasks and its readiness checks, by name."""

    tasks: Mapping[str, Task]
    checks: Mapping[str, probes.Check] = field(default_factory=dict)


S = TypeVar("S", bound=settings.ServiceSettings)
Build = Callable[[S], AbstractAsyncContextManager[Component]]


def run(name: str, build: Build[S], settings_type: type[S], *, fast_loop: bool = True) -> None:
    """Run one service process. Exits 2 on invalid settings, 1 on failure, 0 after a clean stop.

    `fast_loop`: uvloop instead of asyncio's own loop.
    """
    try:
        loaded = settings.load(settings_type, os.environ)
    except settings.SettingsError as error:
        for fault in error.faults:
            print(f"mayfly {name}: {fault}", file=sys.stderr)  # noqa: T201 - logs need the settings we do not have
        sys.exit(2)
    logging.configure(name, loaded.log_level)
    factory = uvloop.new_event_loop if fast_loop else None
    with asyncio.Runner(loop_factory=factory) as runner:
        sys.exit(runner.run(_live(name, build, loaded)))


async def _live(name: str, build: Build[S], loaded: S) -> int:
    stop = asyncio.Event()
    readiness = probes.Readiness()
    start = asyncio.current_task()
    assert start is not None  # runs in a task

    def give_up() -> None:
        stop.set()
        start.cancel()

    # A start may wait for its servers, and nothing that has to be drained has begun.
    _on_signals(give_up)
    try:
        async with AsyncExitStack() as stack:
            stack.enter_context(tracing.started(name, loaded))
            if loaded.probe_port:
                await stack.enter_async_context(probes.serve(loaded.bind, loaded.probe_port, readiness))
            component = await stack.enter_async_context(build(loaded))
            _on_signals(stop.set)
            readiness.checks = component.checks
            # Objects made at start-up stay alive, so garbage collection skips them; the higher threshold avoids many
            # collections within one batch of mail (5 % of the parser's time, measured).
            gc.freeze()
            gc.set_threshold(_GARBAGE_OBJECTS)
            readiness.open = True
            metrics.READY.set(1)
            _log.info("ready", probe_port=loaded.probe_port)
            await _work(component, stop, readiness, loaded.grace_seconds)
    except asyncio.CancelledError:
        if not stop.is_set():
            raise
    except Failure as failure:
        _log.error("failed", reason=failure.reason)
        return 1
    except Exception:  # noqa: BLE001 - the edge of the process: logged, then exit 1
        _log.exception("crashed")
        return 1
    _log.info("stopped", name=name)
    return 0


def _on_signals(stop: Callable[[], None]) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop)


async def _work(component: Component, stop: asyncio.Event, readiness: probes.Readiness, grace: float) -> None:
    """Run the tasks; after `stop` they have `grace` seconds to finish before they are cancelled."""
    tasks: set[asyncio.Task[None]] = {
        asyncio.create_task(task(stop), name=task_name) for task_name, task in component.tasks.items()
    }
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({*tasks, stopping}, return_when=asyncio.FIRST_COMPLETED)
        readiness.open = False
        metrics.READY.set(0)
        stop.set()
        _, late = await asyncio.wait(tasks, timeout=grace)
        for task in late:
            _log.warning("cut_off", task=task.get_name(), grace_seconds=grace)
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
    finally:
        stopping.cancel()
    for failure in results:
        if isinstance(failure, Exception):
            raise failure
