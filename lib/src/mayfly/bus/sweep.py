"""Removes settled events from a stream in bulk (ADR 0011).

Used by mayfly.bus.consumer, once a second, for consumers that `sweep`. A work queue would remove each event
at its ack, with a disk write for each; here one purge removes everything up to the consumer's ack floor. If an older
event waits for its retry, the acked events above the floor are removed one by one after a few seconds.
"""

import asyncio
from datetime import datetime
from time import monotonic
from typing import Any

import msgspec
import structlog

from mayfly.bus.connection import Bus, broker_failures
from mayfly.bus.topology import Consumer
from mayfly.failures import Failure, TransientFailure

_log = structlog.get_logger()
_PATIENCE_SECONDS = 5.0
_AT_ONCE = 100
_NOT_FOUND = frozenset({10037, 10043})  # nats-server server/errors.json: no message found, sequence not found


class Sweep:
    def __init__(self, bus: Bus, consumer: Consumer[Any]) -> None:
        self._bus = bus
        self._consumer = consumer
        self._swept = 0
        self._created: datetime | None = None
        self._settled: list[tuple[float, int]] = []

    def note(self, sequence: int) -> None:
        """Record that this event is settled."""
        self._settled.append((monotonic(), sequence))

    async def sweep(self) -> None:
        """Remove what can be removed now; failed removals are repeated next time."""
        try:
            floor = await self._purge()
            await self._remove_late(floor)
        except Failure as failure:
            _log.warning("sweep_failed", stream=self._consumer.stream, error=str(failure))

    async def _purge(self) -> int:
        """Remove all events up to the ack floor and return it. Every event below it is settled."""
        with broker_failures():
            info = await self._bus.jetstream.consumer_info(self._consumer.stream, self._consumer.name)
            floor = info.ack_floor.stream_seq if info.ack_floor else 0
            if self._created not in (None, info.created):
                # The stream or the consumer was recreated: recorded sequences may belong to other events now.
                self._settled.clear()
                self._swept = 0
            self._created = info.created
            if floor > self._swept:
                await self._bus.jetstream.purge_stream(self._consumer.stream, seq=floor + 1)
        self._swept = floor
        return floor

    async def _remove_late(self, floor: int) -> None:
        now = monotonic()
        self._settled = [item for item in self._settled if item[1] > floor]
        late = [sequence for moment, sequence in self._settled if moment < now - _PATIENCE_SECONDS]
        for start in range(0, len(late), _AT_ONCE):
            part = late[start : start + _AT_ONCE]
            await asyncio.gather(*map(self._remove, part))
            gone = set(part)
            self._settled = [item for item in self._settled if item[1] not in gone]

    async def _remove(self, sequence: int) -> None:
        self._bus.require_connected()
        request = msgspec.json.encode({"seq": sequence, "no_erase": True})
        with broker_failures():
            answer = await self._bus.client.request(
                f"$JS.API.STREAM.MSG.DELETE.{self._consumer.stream}", request, timeout=5
            )
        error = msgspec.json.decode(answer.data).get("error")
        if error and error.get("err_code") not in _NOT_FOUND:
            raise TransientFailure(f"the broker refused to remove an event: {error.get('description')}")
