"""Parses mails in child processes that may be killed at any time (ADR 0005). Called by handlers.store_mail.

Mails travel in chunks, because handing over costs more than parsing a small mail. A process that dies or exceeds its
time is killed and replaced, and each mail of its chunk is tried once more, alone. The second death is final: that mail
gets a `failed` result.
"""

import asyncio
import signal
from collections.abc import Sequence

import msgspec

from mayfly.children.pool import ChildDied, ChildTimedOut, Pool
from message_parser.domain.parsed import Parsed, failed

MODULE = "message_parser.workers.parse_child"
_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(list[Parsed])
_CHUNK_MAILS = 50
_CHUNK_OCTETS = 1024 * 1024
_PATIENCE = 6  # a process may have less than a whole processor for itself


def program(seconds: float, memory_mib: int) -> list[str]:
    """Arguments of the Python interpreter. `seconds`: of processor time, for one try."""
    return ["-m", MODULE, str(seconds), str(memory_mib), str(seconds * _PATIENCE)]


class ParsePool:
    """Satisfies ports.Parser. `seconds`: of processor time, the limit for one try."""

    def __init__(self, pool: Pool, seconds: float) -> None:
        self._pool = pool
        self._seconds = seconds
        self._wall_seconds = seconds * _PATIENCE
        self._free = asyncio.Semaphore(pool.count)

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
        except ChildTimedOut as death:
            if death.signal == signal.SIGPROF:
                return failed(f"not parsed within {self._seconds:g} s of processor time, twice")
            return failed(f"not parsed within {self._wall_seconds:g} s, twice")
        except ChildDied:
            return failed("the parsing process died of it, twice")

    async def _try(self, mails: list[bytes]) -> list[Parsed]:
        # A frame is made once a process is free, so that what waits is in memory only once.
        async with self._free:
            return _decoder.decode(await self._pool.exchange(_encoder.encode(mails), self._wall_seconds))


def _chunks(mails: Sequence[bytes]) -> list[list[bytes]]:
    """Chunks of nearly equal numbers of mails, so that no process waits for another one's long chunk."""
    longest = -(-len(mails) // -(-len(mails) // _CHUNK_MAILS)) if mails else 0
    chunks: list[list[bytes]] = []
    room = 0
    for octets in mails:
        if not chunks or len(chunks[-1]) == longest or room < len(octets):
            chunks.append([])
            room = _CHUNK_OCTETS
        chunks[-1].append(octets)
        room -= len(octets)
    return chunks
