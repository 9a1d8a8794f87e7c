"""A pool of child processes that answer frames: the half of it that runs in the process of a service.

Any of the processes may be killed at any time; a lost one is replaced when it is needed next.
"""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Sequence
from contextlib import suppress
from typing import Self, cast

import msgspec
import structlog

from mayfly.children import metrics
from mayfly.children.confinement import PROTECTIONS, forbid_inspection
from mayfly.children.frames import FrameAssembler, length_prefix
from mayfly.failures import TransientFailure

_log = structlog.get_logger()
_FRAMES_PER_CHILD = 5_000
_START_SECONDS = 60.0
_ENDING_SECONDS = 1.0
_AGAIN_SECONDS = 1.0
_greeting = msgspec.msgpack.Decoder(list[str])


class ChildDied(Exception):
    """The process ended (memory limit, crash, kill), together with what it was working on.

    `signal`: number of the signal that ended it; 0 if none did.
    """

    signal = 0


class ChildTimedOut(ChildDied):
    """The process was killed at its limit of processor time (`signal` is SIGPROF) or by the wall clock."""


_TIMERS = (signal.SIGPROF, signal.SIGALRM)
_CAUSES: dict[type[BaseException], str] = {ChildTimedOut: "timeout", ChildDied: "death"}


class _Child(asyncio.SubprocessProtocol):
    """One child process, from the service's side. Its first frame says which protections are in force."""

    def __init__(self) -> None:
        self._process: asyncio.SubprocessTransport | None = None
        self._ended = asyncio.get_running_loop().create_future()
        self._is_ending = False
        self._await_frame()
        self.answered = 0

    @property
    def _running(self) -> asyncio.SubprocessTransport:
        assert self._process is not None  # connection_made comes first
        return self._process

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._process = cast("asyncio.SubprocessTransport", transport)

    def pipe_data_received(self, fd: int, data: bytes) -> None:  # noqa: ARG002 - only its standard output is a pipe
        frame = self._incoming.feed(data)
        if frame is not None and self._answer is not None and not self._answer.done():
            self._answer.set_result(frame)

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:  # noqa: ARG002 - whichever pipe it was
        self._is_ending = True
        self._fail_answer()

    def process_exited(self) -> None:
        self._fail_answer()
        if not self._ended.done():
            self._ended.set_result(None)

    def _fail_answer(self) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(ChildDied())

    def _await_frame(self) -> None:
        self._incoming = FrameAssembler()
        self._answer: asyncio.Future[bytes] | None = asyncio.get_running_loop().create_future()

    async def _received(self) -> bytes:
        assert self._answer is not None
        return await self._answer

    async def start(self) -> list[str]:
        """Wait until it is ready; the protections that are in force in it. Raises ChildDied, ChildTimedOut."""
        try:
            async with asyncio.timeout(_START_SECONDS):
                return _greeting.decode(await self._received())
        except TimeoutError as error:
            raise ChildTimedOut from error
        finally:
            self._answer = None

    async def exchange(self, frame: bytes, seconds: float) -> bytes:
        """Send a frame and wait for the reply. Raises ChildDied, ChildTimedOut; the child is unusable after either."""
        requests = cast("asyncio.WriteTransport", self._running.get_pipe_transport(0))
        self._await_frame()
        try:
            async with asyncio.timeout(seconds):
                requests.writelines((length_prefix(frame), frame))
                answer = await self._received()
        except TimeoutError as error:
            raise ChildTimedOut from error
        except (OSError, RuntimeError) as error:
            # uvloop raises RuntimeError for a write to the pipe of a child that has died.
            raise ChildDied from error
        finally:
            self._answer = None
        self.answered += 1
        return answer

    @property
    def pid(self) -> int:
        return self._running.get_pid()

    @property
    def is_spent(self) -> bool:
        """Whether to replace it: it is dead, or has answered so many frames that its memory may have grown."""
        return self._running.get_returncode() is not None or self.answered > _FRAMES_PER_CHILD

    async def end(self) -> int:
        """Kill it, unless it is dead already; the signal that ended it, or 0."""
        if self._is_ending:
            # Its pipes close before its end is noticed. `kill` looks whether it has ended, and when it has, takes the
            # signal from the look that asyncio is about to make.
            await asyncio.wait({self._ended}, timeout=_ENDING_SECONDS)
        if self._running.get_returncode() is None:
            with suppress(ProcessLookupError):
                self._running.kill()
            await self._ended
        self._running.close()
        return max(-(self._running.get_returncode() or 0), 0)


class Pool:
    """Up to `count` processes that run one program. An async context manager: starts some, and kills them all at exit.

    Entering it raises TransientFailure when one of these does not start.

    `name`: what logs and metrics call them. `program`: arguments of the Python interpreter, such as `-m` and a module.
    `at_once`: how many are started on entering it; further ones while frames wait. `idle_seconds`: processes end after
    so many seconds without a frame, and are started again when one comes. `nice`: how much nicer they are than this
    process, from 0 to 19.
    """

    def __init__(
        self,
        name: str,
        program: Sequence[str],
        count: int,
        *,
        at_once: int = 1,
        idle_seconds: float | None = None,
        nice: int = 0,
    ) -> None:
        self._name = name
        # Isolated (-I): neither the environment nor the working directory decides what is imported.
        self._command = [sys.executable, "-I", "-B", *program]
        self.count = count
        self._at_once = at_once
        self._idle_seconds = idle_seconds
        self._nice = nice
        self._retirement: asyncio.TimerHandle | None = None
        self._retiring: asyncio.Task[None] | None = None
        # A process that runs is taken before a place (None) where none does yet.
        self._idle: asyncio.Queue[_Child | None] = asyncio.LifoQueue()
        self._growing: set[asyncio.Task[None]] = set()
        self._living: set[_Child] = set()
        self._protections: list[str] | None = None

    async def __aenter__(self) -> Self:
        with suppress(OSError):
            forbid_inspection()
        for _ in range(self.count - self._at_once):
            self._idle.put_nowait(None)
        for child in await asyncio.gather(*(self._spawn() for _ in range(self._at_once))):
            self._idle.put_nowait(child)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._retirement:
            self._retirement.cancel()
        if self._retiring:
            await self._retiring
        for growing in self._growing:
            growing.cancel()
        await asyncio.gather(*self._growing, return_exceptions=True)
        await asyncio.gather(*(child.end() for child in self._living))
        self._living.clear()

    async def exchange(self, frame: bytes, seconds: float) -> bytes:
        """Have the next free process answer a frame.

        Raises ChildTimedOut after `seconds` by the clock or at the process's own limit of processor time, ChildDied
        when it ended for another reason; the pool replaces it. Raises TransientFailure when no process can be started:
        the frame is not at fault, since nobody has seen it.
        """
        child = await self._next()
        try:
            if child is None or child.is_spent:
                await self._remove(child)
                child = None
                child = await self._spawn()
            return await child.exchange(frame, seconds)
        except (ChildDied, asyncio.CancelledError) as end:
            ended_by = await self._remove(child)
            child = None
            death = ChildTimedOut() if isinstance(end, ChildDied) and ended_by in _TIMERS else end
            metrics.LOST.labels(self._name, _CAUSES.get(type(death), "cancelled")).inc()
            _log.warning("child_lost", child=self._name, cause=type(death).__name__, octets=len(frame))
            if isinstance(death, ChildDied):
                death.signal = ended_by
            raise death from end.__cause__
        finally:
            # None is a placeholder for a child that is not started yet, so the pool keeps its size.
            self._idle.put_nowait(child)
            self._retire_later()

    async def _next(self) -> _Child | None:
        """A free process, or a place for one that has to be started first.

        While another process works, one more is started beside it, and whichever is free first is taken.
        """
        while (child := await self._idle.get()) is None and self._living:
            growing = asyncio.create_task(self._grow())
            self._growing.add(growing)
            growing.add_done_callback(self._growing.discard)
        return child

    async def _grow(self) -> None:
        child = None
        try:
            child = await self._spawn()
        except TransientFailure:  # logged; the others go on meanwhile
            await asyncio.sleep(_AGAIN_SECONDS)
        finally:
            self._idle.put_nowait(child)

    def _retire_later(self) -> None:
        if self._idle_seconds is None:
            return
        if self._retirement:
            self._retirement.cancel()
        self._retirement = asyncio.get_running_loop().call_later(self._idle_seconds, self._retire)

    def _retire(self) -> None:
        """End the processes that have nothing to do; the places in the pool stay."""
        idle = [self._idle.get_nowait() for _ in range(self._idle.qsize())]
        for _ in idle:
            self._idle.put_nowait(None)
        self._retiring = asyncio.create_task(self._remove_all(idle))

    async def _remove_all(self, children: Sequence[_Child | None]) -> None:
        for child in children:
            await self._remove(child)

    async def _remove(self, child: _Child | None) -> int:
        """End it; the signal that ended it, or 0."""
        if child is None:
            return 0
        self._living.discard(child)
        return await child.end()

    async def _spawn(self) -> _Child:
        """Start a process. Raises TransientFailure when that fails: memory or processes are short, for example."""
        try:
            return await self._start()
        except (ChildDied, OSError) as error:
            metrics.LOST.labels(self._name, "start").inc()
            _log.warning("child_not_started", child=self._name, cause=type(error).__name__)
            raise TransientFailure(f"the child process {self._name} does not start") from error

    async def _start(self) -> _Child:
        _, child = await asyncio.get_running_loop().subprocess_exec(
            _Child, *self._command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env={}, cwd="/"
        )
        self._living.add(child)
        if self._nice:
            # They share the session of this process, so niceness compares them with it (sched(7), autogroup).
            with suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, child.pid, os.getpriority(os.PRIO_PROCESS, 0) + self._nice)
        try:
            self._report(await child.start())
        except BaseException:
            await self._remove(child)
            raise
        return child

    def _report(self, in_force: list[str]) -> None:
        """Set the gauges, and write one log line whenever the protections are other than before."""
        for protection in PROTECTIONS:
            metrics.CONFINED.labels(self._name, protection).set(protection in in_force)
        if in_force != self._protections:
            self._protections = in_force
            missing = [protection for protection in PROTECTIONS if protection not in in_force]
            _log.info("children_confined", child=self._name, in_force=in_force, missing=missing)
