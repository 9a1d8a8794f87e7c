"""A pool of child processes that answer frames. Used by `parse_pool` and `verdict_pool`.

Any of the processes may be killed at any time; a lost one is replaced when it is needed next.
"""

import asyncio
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Sequence
from contextlib import suppress
from typing import Self, cast

import structlog

from message_parser import metrics
from message_parser.errors import ChildDied, ChildTimedOut
from message_parser.workers.frames import FrameAssembler, length_prefix

_log = structlog.get_logger()
_FRAMES_PER_CHILD = 5_000


class _Child(asyncio.SubprocessProtocol):
    """One child process, from the parser's side."""

    def __init__(self) -> None:
        self._process: asyncio.SubprocessTransport | None = None
        self._incoming = FrameAssembler()
        self._answer: asyncio.Future[bytes] | None = None
        self._ended = asyncio.get_running_loop().create_future()
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
        self._fail_answer()

    def process_exited(self) -> None:
        self._fail_answer()
        if not self._ended.done():
            self._ended.set_result(None)

    def _fail_answer(self) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(ChildDied())

    async def exchange(self, frame: bytes, seconds: float) -> bytes:
        """Send a frame and wait for the reply. Raises ChildDied, ChildTimedOut; the child is unusable after either."""
        requests = cast("asyncio.WriteTransport", self._running.get_pipe_transport(0))
        self._incoming = FrameAssembler()
        self._answer = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(seconds):
                requests.writelines((length_prefix(frame), frame))
                answer = await self._answer
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
    def is_spent(self) -> bool:
        """Whether to replace it: it is dead, or has answered so many frames that its memory may have grown."""
        return self._running.get_returncode() is not None or self.answered > _FRAMES_PER_CHILD

    async def end(self) -> None:
        if self._running.get_returncode() is None:
            with suppress(ProcessLookupError):
                self._running.kill()
            await self._ended
        self._running.close()


class Pool:
    """`count` processes that run one module. An async context manager: starts them all, and kills them all at exit."""

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
        """Have the next free process answer a frame.

        Raises ChildTimedOut after `seconds` of work, ChildDied when the process ended; the pool replaces it.
        """
        child = await self._idle.get()
        try:
            if child is None or child.is_spent:
                await self._remove(child)
                child = await self._spawn()
            return await child.exchange(frame, seconds)
        except (ChildDied, asyncio.CancelledError) as death:
            metrics.CHILDREN_LOST.labels("timeout" if isinstance(death, ChildTimedOut) else "death").inc()
            _log.warning("child_lost", cause=type(death).__name__, octets=len(frame))
            await self._remove(child)
            child = None
            raise
        finally:
            # None is a placeholder for a child that is not started yet, so the pool keeps its size.
            self._idle.put_nowait(child)

    async def _remove(self, child: _Child | None) -> None:
        if child is not None:
            self._living.discard(child)
            await child.end()

    async def _spawn(self) -> _Child:
        _, child = await asyncio.get_running_loop().subprocess_exec(
            _Child, *self._command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, start_new_session=True
        )
        self._living.add(child)
        return child
