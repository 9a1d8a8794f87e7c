"""Child processes that answer frames and may be killed at any time; a lost one is replaced when it is needed."""

import asyncio
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Sequence
from typing import Self

import structlog

from message_parser import metrics
from message_parser.errors import ChildDied, ChildTimedOut

_log = structlog.get_logger()
_LENGTH_OCTETS = 4
_FRAMES_PER_CHILD = 5_000
_PIPE_BUFFER_OCTETS = 4 * 1024 * 1024


class _Child:
    def __init__(self, process: Process) -> None:
        assert process.stdin is not None and process.stdout is not None  # noqa: PT018 - both are pipes
        self._process = process
        self._requests = process.stdin
        self._replies = process.stdout
        self.answered = 0

    async def exchange(self, frame: bytes, seconds: float) -> bytes:
        """Raises ChildDied, ChildTimedOut; the child is of no use after either."""
        try:
            async with asyncio.timeout(seconds):
                self._requests.writelines((len(frame).to_bytes(_LENGTH_OCTETS, "big"), frame))
                await self._requests.drain()
                length = int.from_bytes(await self._replies.readexactly(_LENGTH_OCTETS), "big")
                reply = await self._replies.readexactly(length)
        except TimeoutError as error:
            raise ChildTimedOut from error
        except (asyncio.IncompleteReadError, OSError, RuntimeError) as error:
            # uvloop says RuntimeError when the pipe of a child that died meanwhile is written to.
            raise ChildDied from error
        self.answered += 1
        return reply

    @property
    def is_spent(self) -> bool:
        """Dead already, or old enough to be replaced."""
        return self._process.returncode is not None or self.answered > _FRAMES_PER_CHILD

    async def end(self) -> None:
        if self._process.returncode is None:
            self._process.kill()
        self._requests.close()
        await self._process.wait()


class Pool:
    """Processes of one module. Enter it before use; it kills them all when it is left."""

    def __init__(self, module: str, arguments: Sequence[str], count: int) -> None:
        self._command = [sys.executable, "-m", module, *arguments]
        self._count = count
        self._idle: asyncio.Queue[_Child | None] = asyncio.Queue()
        self._living: set[_Child] = set()

    async def __aenter__(self) -> Self:
        for child in await asyncio.gather(*(self._spawn() for _ in range(self._count))):
            self._idle.put_nowait(child)
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.gather(*(child.end() for child in self._living))
        self._living.clear()

    async def exchange(self, frame: bytes, seconds: float) -> bytes:
        """The answer to a frame, by the next process that is free.

        Raises ChildTimedOut after `seconds` of work, ChildDied when the process was lost; it is replaced.
        """
        child = await self._idle.get()
        try:
            if child is None or child.is_spent:
                await self._bury(child)
                child = await self._spawn()
            return await child.exchange(frame, seconds)
        except (ChildDied, asyncio.CancelledError) as death:
            metrics.CHILDREN_LOST.labels("timeout" if isinstance(death, ChildTimedOut) else "death").inc()
            _log.warning("child_lost", cause=type(death).__name__, octets=len(frame))
            await self._bury(child)
            child = None
            raise
        finally:
            # None stands for a child that is yet to be started: the place in the pool is never lost.
            self._idle.put_nowait(child)

    async def _bury(self, child: _Child | None) -> None:
        if child is not None:
            self._living.discard(child)
            await child.end()

    async def _spawn(self) -> _Child:
        child = _Child(
            await asyncio.create_subprocess_exec(
                *self._command,
                stdin=PIPE,
                stdout=PIPE,
                stderr=DEVNULL,
                limit=_PIPE_BUFFER_OCTETS,
                start_new_session=True,
            )
        )
        self._living.add(child)
        return child
