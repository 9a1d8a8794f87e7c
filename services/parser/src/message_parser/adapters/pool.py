"""Child processes that answer frames and may be killed at any time; a lost one is replaced when it is needed."""

import asyncio
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Sequence
from contextlib import suppress
from typing import Self, cast

import structlog

from message_parser import metrics
from message_parser.errors import ChildDied, ChildTimedOut

_log = structlog.get_logger()
_LENGTH_OCTETS = 4
_FRAMES_PER_CHILD = 5_000


class _Child(asyncio.SubprocessProtocol):
    """One process. Its answers are put together here: a stream would copy each of them three times more."""

    def __init__(self) -> None:
        self._process: asyncio.SubprocessTransport | None = None
        self._pieces: list[bytes] = []
        self._missing = 0
        self._answer: asyncio.Future[bytes] | None = None
        self._ended = asyncio.get_running_loop().create_future()
        self.answered = 0

    @property
    def pid(self) -> int:
        return self._running.get_pid() or 0

    @property
    def _running(self) -> asyncio.SubprocessTransport:
        assert self._process is not None  # connection_made comes first
        return self._process

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._process = cast("asyncio.SubprocessTransport", transport)

    def pipe_data_received(self, fd: int, data: bytes) -> None:  # noqa: ARG002 - only its standard output is a pipe
        self._pieces.append(data)
        if not self._missing:
            so_far = b"".join(self._pieces)
            if len(so_far) < _LENGTH_OCTETS:
                return
            self._pieces = [so_far[_LENGTH_OCTETS:]]
            self._missing = int.from_bytes(so_far[:_LENGTH_OCTETS], "big") - len(self._pieces[0])
        else:
            self._missing -= len(data)
        if self._missing <= 0 and self._answer is not None and not self._answer.done():
            self._answer.set_result(b"".join(self._pieces))

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:  # noqa: ARG002 - whichever pipe it was
        self._die()

    def process_exited(self) -> None:
        self._die()
        if not self._ended.done():
            self._ended.set_result(None)

    def _die(self) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(ChildDied())

    async def exchange(self, frame: bytes, seconds: float) -> bytes:
        """Raises ChildDied, ChildTimedOut; the child is of no use after either."""
        requests = cast("asyncio.WriteTransport", self._running.get_pipe_transport(0))
        self._pieces, self._missing = [], 0
        self._answer = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(seconds):
                requests.writelines((len(frame).to_bytes(_LENGTH_OCTETS, "big"), frame))
                answer = await self._answer
        except TimeoutError as error:
            raise ChildTimedOut from error
        except (OSError, RuntimeError) as error:
            # uvloop says RuntimeError when the pipe of a child that died meanwhile is written to.
            raise ChildDied from error
        finally:
            self._answer = None
        self.answered += 1
        return answer

    @property
    def is_spent(self) -> bool:
        """Dead already, or old enough to be replaced."""
        return self._running.get_returncode() is not None or self.answered > _FRAMES_PER_CHILD

    async def end(self) -> None:
        if self._running.get_returncode() is None:
            with suppress(ProcessLookupError):
                self._running.kill()
            await self._ended
        self._running.close()


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
        _, child = await asyncio.get_running_loop().subprocess_exec(
            _Child, *self._command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, start_new_session=True
        )
        self._living.add(child)
        return child
