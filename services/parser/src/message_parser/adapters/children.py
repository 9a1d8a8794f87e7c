"""A pool of parsing processes that may be killed at any time (ADR 0005).

Mails travel in chunks, because a hand-over costs more than parsing a small mail. A process that dies or takes too
long is killed and replaced, and each mail of its chunk is tried once more, alone: the one that kills again is given up.
"""

import asyncio
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import msgspec
import structlog

from message_parser import metrics
from message_parser.domain.parsed import Parsed, failed
from message_parser.errors import ChildDied, ChildTimedOut

_log = structlog.get_logger()
_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(list[Parsed])
_LENGTH_OCTETS = 4
_CHUNK_MAILS = 16
_CHUNK_OCTETS = 1024 * 1024
_MAILS_PER_CHILD = 20_000
_PIPE_BUFFER_OCTETS = 4 * 1024 * 1024


class _Child:
    def __init__(self, process: Process) -> None:
        assert process.stdin is not None and process.stdout is not None  # noqa: PT018 - both are pipes
        self._process = process
        self._requests = process.stdin
        self._replies = process.stdout
        self.parsed = 0

    async def parse(self, mails: Sequence[bytes], seconds: float) -> list[Parsed]:
        """Raises ChildDied, ChildTimedOut; the child is of no use after either."""
        try:
            async with asyncio.timeout(seconds):
                frame = _encoder.encode(mails)
                self._requests.write(len(frame).to_bytes(_LENGTH_OCTETS, "big") + frame)
                await self._requests.drain()
                length = int.from_bytes(await self._replies.readexactly(_LENGTH_OCTETS), "big")
                reply = await self._replies.readexactly(length)
        except TimeoutError as error:
            raise ChildTimedOut from error
        except (asyncio.IncompleteReadError, OSError) as error:
            raise ChildDied from error
        self.parsed += len(mails)
        return _decoder.decode(reply)

    async def end(self) -> None:
        if self._process.returncode is None:
            self._process.kill()
        self._requests.close()
        await self._process.wait()


class Children:
    """Satisfies ports.Parser. Made by `children`."""

    def __init__(self, seconds: float, memory_mib: int) -> None:
        self._seconds = seconds
        self._memory_mib = memory_mib
        self._idle: asyncio.Queue[_Child | None] = asyncio.Queue()
        self._living: set[_Child] = set()

    async def start(self, count: int) -> None:
        for child in await asyncio.gather(*(self._spawn() for _ in range(count))):
            self._idle.put_nowait(child)

    async def stop(self) -> None:
        await asyncio.gather(*(child.end() for child in self._living))
        self._living.clear()

    async def parse(self, mails: Sequence[bytes]) -> list[Parsed]:
        """One result per mail, in order."""
        chunks = await asyncio.gather(*(self._parse_chunk(chunk) for chunk in _chunks(mails)))
        return [result for chunk in chunks for result in chunk]

    async def _parse_chunk(self, chunk: list[bytes]) -> list[Parsed]:
        try:
            return await self._try(chunk)
        except ChildDied:
            return list(await asyncio.gather(*(self._parse_again(octets) for octets in chunk)))

    async def _parse_again(self, octets: bytes) -> Parsed:
        try:
            return (await self._try([octets]))[0]
        except ChildTimedOut:
            return failed(f"not parsed within {self._seconds:g} s, twice")
        except ChildDied:
            return failed("the parsing process died of it, twice")

    async def _try(self, mails: list[bytes]) -> list[Parsed]:
        child = await self._idle.get()
        try:
            if child is None or child.parsed > _MAILS_PER_CHILD:
                child = await self._replace(child)
            results = await child.parse(mails, self._seconds)
        except ChildDied as death:
            metrics.CHILDREN_LOST.labels("timeout" if isinstance(death, ChildTimedOut) else "death").inc()
            _log.warning("child_lost", cause=type(death).__name__, mails=len(mails))
            await self._bury(child)
            child = None
            raise
        except asyncio.CancelledError:
            await self._bury(child)
            child = None
            raise
        finally:
            # None stands for a child that is yet to be started: the place in the pool is never lost.
            self._idle.put_nowait(child)
        return results

    async def _replace(self, old: _Child | None) -> _Child:
        await self._bury(old)
        return await self._spawn()

    async def _bury(self, child: _Child | None) -> None:
        if child is not None:
            self._living.discard(child)
            await child.end()

    async def _spawn(self) -> _Child:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "message_parser.entrypoints.child",
            str(self._seconds),
            str(self._memory_mib),
            stdin=PIPE,
            stdout=PIPE,
            stderr=DEVNULL,
            limit=_PIPE_BUFFER_OCTETS,
            start_new_session=True,
        )
        child = _Child(process)
        self._living.add(child)
        return child


@asynccontextmanager
async def children(count: int, *, seconds: float, memory_mib: int) -> AsyncIterator[Children]:
    """A pool for as long as the context lasts."""
    pool = Children(seconds, memory_mib)
    await pool.start(count)
    try:
        yield pool
    finally:
        await pool.stop()


def _chunks(mails: Sequence[bytes]) -> list[list[bytes]]:
    chunks: list[list[bytes]] = []
    room = 0
    for octets in mails:
        if not chunks or len(chunks[-1]) == _CHUNK_MAILS or room < len(octets):
            chunks.append([])
            room = _CHUNK_OCTETS
        chunks[-1].append(octets)
        room -= len(octets)
    return chunks
