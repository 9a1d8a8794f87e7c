"""Fetches events from a pull consumer as soon as they exist. Used by mayfly.bus.consumer.

The `fetch` of nats-py holds back a single event until the batch is full or its time is up, because the server applies
`no_wait` only without `expires`: at 50 events a second, one in thirty was late by 0.2 to 1 s (measured). So this module
sends two requests in turn: first for what is there now; if that is nothing, for the next event.

Events are received by a callback, because `next_msg` of nats-py makes a task for each: 29 us an event instead of 13
(measured, batches of 400).
"""

import asyncio
from collections import deque
from typing import Any, Self

import msgspec
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription

from mayfly.bus.connection import Bus, broker_failures
from mayfly.bus.topology import Consumer
from mayfly.failures import TransientFailure

_NANOSECONDS = 1_000_000_000
# Additional time to wait for the server's own timeout to arrive.
_GRACE_SECONDS = 0.5
# No messages; request timeout (ADR-13 of NATS): the ordinary ends of a request.
_ENDS = frozenset({"404", "408"})


class Pull:
    """The requests of one reader on a durable consumer; `open` creates it, `close` ends it."""

    def __init__(self, client: Client, consumer: Consumer[Any]) -> None:
        self._client = client
        self._inbox = client.new_inbox()
        self._subscription: Subscription | None = None
        self._received: deque[Msg] = deque()
        self._has_received = asyncio.Event()
        self._subject = f"$JS.API.CONSUMER.MSG.NEXT.{consumer.stream}.{consumer.name}"
        self._asked = 0

    @classmethod
    async def open(cls, bus: Bus, consumer: Consumer[Any]) -> Self:
        """Start receiving. Raises TransientFailure when the consumer does not exist or the broker is out of reach."""
        with broker_failures():
            await bus.jetstream.consumer_info(consumer.stream, consumer.name)
            pull = cls(bus.client, consumer)
            pull._subscription = await bus.client.subscribe(f"{pull._inbox}.*", cb=pull._receive)
            return pull

    async def fetch(self, batch: int, patience: float, *, octets: int = 0) -> list[Msg]:
        """Up to `batch` events that are there; else the first to arrive within `patience` seconds; else none.

        `octets`: what they may have together, 0 = no limit; an event that is larger comes alone, by the second request.
        Raises TransientFailure when the server refuses.
        """
        request: dict[str, int | bool] = {"batch": batch, "no_wait": True}
        found, _ = await self._ask(request | ({"max_bytes": octets} if octets else {}), batch, _GRACE_SECONDS)
        if found:
            return found
        expires = int(patience * _NANOSECONDS)
        found, status = await self._ask({"batch": 1, "expires": expires}, 1, patience + _GRACE_SECONDS)
        if status not in _ENDS and not found:
            raise TransientFailure(f"the broker refused to deliver events (status {status})")
        return found

    async def close(self) -> None:
        if self._subscription is not None:
            with broker_failures():
                await self._subscription.unsubscribe()

    async def _receive(self, message: Msg) -> None:
        self._received.append(message)
        self._has_received.set()

    async def _ask(self, request: dict[str, int | bool], batch: int, patience: float) -> tuple[list[Msg], str]:
        """The events received, and the status that ended the request; a missing response counts as a timeout."""
        self._asked += 1
        reply = f"{self._inbox}.{self._asked}"
        with broker_failures():
            await self._client.publish(self._subject, msgspec.json.encode(request), reply=reply)
        found: list[Msg] = []
        try:
            async with asyncio.timeout(patience):
                while len(found) < batch:
                    while not self._received:
                        self._has_received.clear()
                        await self._has_received.wait()
                    message = self._received.popleft()
                    if message.reply:
                        # Also an event of an earlier request: it was sent to us and counts as delivered.
                        found.append(message)
                    elif message.subject == reply:
                        return found, (message.headers or {}).get("Status", "")
        except TimeoutError:
            pass
        return found, "408"
