"""Connects a process to NATS and maps the client's errors to Mayfly's failures."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import msgspec
import nats.aio.client
import nats.errors
import nats.js.errors
import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import JetStreamContext

from mayfly.bus import metrics
from mayfly.failures import StorageFull, TransientFailure

_log = structlog.get_logger()

# nats-py hands header blocks to fast-mail-parser when it finds it installed (as for development), and takes its answer
# for a mapping of strings; since fast-mail-parser 0.10 the values are lists. nats-py's own reader is right.
vars(nats.aio.client)["parse_email"] = None

# JetStream error codes that mean "no room" (nats-server server/errors.json).
FULL_CODES = frozenset({10023, 10047, 10077})
_FIRST_REPLY_SECONDS, _NEXT_REPLY_SECONDS = 1.0, 0.02


class Bus:
    """A connection and its JetStream context. Made by `connect`; everything in mayfly.bus takes one."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.jetstream: JetStreamContext = client.jetstream(timeout=5)
        self._reconnected: list[Callable[[], None]] = []

    def on_reconnect(self, callback: Callable[[], None]) -> None:
        """Call `callback` after every reconnection."""
        self._reconnected.append(callback)

    def notify_reconnected(self) -> None:
        for callback in self._reconnected:
            callback()

    def require_connected(self) -> None:
        """Check the connection. Raises TransientFailure while the broker is out of reach.

        Without this check, publishing would fill the client's buffer, and be sent after the caller got the failure.
        """
        if not self.client.is_connected:
            raise TransientFailure("the broker is out of reach")

    async def check(self) -> None:
        """Readiness: the broker answers and JetStream is on. Raises TransientFailure."""
        self.require_connected()
        with broker_failures():
            await self.jetstream.account_info()

    async def ask(self, call: str) -> Mapping[str, Any]:
        """The response of JetStream's own API to `call`; the client's results leave fields out.

        Raises TransientFailure, also when the broker refuses.
        """
        self.require_connected()
        with broker_failures():
            answer = await self.client.request(f"$JS.API.{call}", b"", timeout=5)
        info: dict[str, Any] = msgspec.json.decode(answer.data)
        if "error" in info:
            raise TransientFailure(f"the broker refused {call}: {info['error'].get('description')}")
        return info

    async def broadcast(self, subject: str, payload: bytes) -> None:
        """Publish a control message to current listeners (core NATS, not stored)."""
        self.require_connected()
        with broker_failures():
            await self.client.publish(subject, payload)

    async def tell_all(self, subject: str, payload: bytes, *, between: float = _NEXT_REPLY_SECONDS) -> int:
        """Publish a control message, and wait until its listeners have handled it; return how many said so.

        Nobody knows how many listen: replies are awaited until none has come for `between` seconds, the first one for
        a second. Without listeners it returns at once.
        """
        self.require_connected()
        told, patience = 0, _FIRST_REPLY_SECONDS
        with broker_failures():
            inbox = self.client.new_inbox()
            replies = await self.client.subscribe(inbox)
            try:
                await self.client.publish(subject, payload, reply=inbox)
                while not (await replies.next_msg(patience)).headers:  # the broker's "no responders" has a status
                    told, patience = told + 1, between
            except nats.errors.TimeoutError:
                if not told:
                    _log.warning("listeners_are_silent", subject=subject)
            finally:
                await replies.unsubscribe()
        return told

    async def listen(self, subject: str, handler: Callable[[str, bytes], Awaitable[None]]) -> None:
        """Pass every control message on `subject` (its subject and payload) to `handler` until the bus closes.

        A sender that waits for it (`tell_all`) gets a reply once the handler has returned.
        """

        async def deliver(message: Msg) -> None:
            await handler(message.subject, message.data)
            if message.reply:
                await message.respond(b"")

        await self.client.subscribe(subject, cb=deliver)


@asynccontextmanager
async def connect(url: str, name: str) -> AsyncIterator[Bus]:
    """Connect to the broker, and disconnect when the context ends; reconnects automatically, without limit.

    Raises TransientFailure when the broker cannot be reached within 5 s at first.
    """
    holder: list[Bus] = []

    async def on_error(error: Exception) -> None:
        _log.warning("bus_error", error=type(error).__name__)

    async def on_disconnect() -> None:
        _log.warning("bus_disconnected")
        metrics.DISCONNECTIONS.inc()

    async def on_reconnect() -> None:
        _log.info("bus_reconnected")
        for bus in holder:
            bus.notify_reconnected()

    client = Client()
    try:
        async with asyncio.timeout(5):
            await client.connect(
                [part.strip() for part in url.split(",")],
                name=name,
                error_cb=on_error,
                disconnected_cb=on_disconnect,
                reconnected_cb=on_reconnect,
                max_reconnect_attempts=-1,
                reconnect_time_wait=0.25,  # type: ignore[arg-type]  # seconds; the annotation says int
                connect_timeout=2,
                ping_interval=10,
                max_outstanding_pings=2,
            )
    except (OSError, TimeoutError, nats.errors.Error) as error:
        raise TransientFailure(f"NATS is out of reach ({type(error).__name__})") from error
    bus = Bus(client)
    holder.append(bus)
    try:
        yield bus
    finally:
        await client.close()


@contextmanager
def broker_failures() -> Iterator[None]:
    """Map errors of the client: no room -> StorageFull, unreachable or no ack -> TransientFailure."""
    try:
        yield
    except nats.js.errors.APIError as error:
        if error.err_code in FULL_CODES:
            raise StorageFull("the stream is full") from error
        raise TransientFailure(f"the broker refused: {error.description or error.code}") from error
    except nats.errors.TimeoutError as error:
        raise TransientFailure("no ack from the broker in time") from error
    except (nats.errors.Error, nats.js.errors.Error, OSError) as error:
        raise TransientFailure(f"the broker is out of reach ({type(error).__name__})") from error
