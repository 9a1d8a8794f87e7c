"""The events of an inbox as an iterator, over any number of connections: each goes on after the last event."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from mayfly_mail import operations
from mayfly_mail.effects import Steps, now, pause
from mayfly_mail.errors import NotFound, Unauthorized
from mayfly_mail.exchange import Channel, Lost, NotSent
from mayfly_mail.session import Failure, pause_before_retry
from mayfly_mail.sse import EventReader, EventTooLarge, ServerSent, cursor_number
from mayfly_mail.verbs import Awaiting, Blocking
from mayfly_mail.waits import place_of

if TYPE_CHECKING:
    from typing_extensions import Self

    from mayfly_mail.waits import Where

__tracebackhide__ = True  # pytest shows the line of the caller

_SILENCE = 45.0  # the server sends a ping every 15 s
_SHORTEST_PAUSE, _LONGEST_PAUSE = 0.05, 30.0
_ENDINGS = frozenset({"expired", "deleted"})
_REFUSED = "the API key, session or token was revoked, so the stream has ended"


class Event(NamedTuple):
    """Something that happened to an inbox.

    `type`: "connected" once, first; "message" for each mail; "reset" when events may be missing: list the messages;
    "expired" or "deleted", the last one; "deleted" as well where the inbox was gone at a reconnection. `cursor`: its
    place, to go on from by `stream(after=...)`, or None. `message_id`, `subject`, `from_`, `has_otp`: of a "message",
    else empty. `data`: all that was sent.
    """

    type: str
    cursor: int | None = None
    data: Mapping[str, Any] = {}
    message_id: str = ""
    subject: str = ""
    from_: str = ""
    has_otp: bool = False


class Following:
    """Follows the events of an inbox, as steps."""

    def __init__(self, where: Where, after: int | str | None) -> None:
        self.where = where
        self.cursor = place_of(after)
        self.is_over = False
        self._was_connected = False
        self._was_refused = False
        self._is_read = False
        self._has_brought = False
        self._channel: Channel | None = None
        self._reader = EventReader()
        self._events: deque[Event] = deque()
        self._tries = 0
        self._trying_since: float | None = None

    def next(self) -> Steps[Event | None]:
        """Return the next event; None after the last one. Raises Unauthorized when the credentials are revoked.

        Unavailable: the server was away for longer than the client tries. The next call tries again.
        """
        if self._is_read:
            raise RuntimeError("a stream is read by one thread or task at a time")
        self._is_read = True
        try:
            return (yield from self._next())
        finally:
            self._is_read = False

    def _next(self) -> Steps[Event | None]:
        while not self._events and not self.is_over:
            try:
                yield from self._more()
            except (NotSent, Lost, EventTooLarge) as error:
                yield from self._recover(self.where.session.away(error))
            except BaseException:
                self.drop()
                raise
        if self._was_refused and not self._events:
            self._was_refused = False
            self.drop()
            raise Unauthorized(_REFUSED, status=401)
        if not self._events:
            return None
        event = self._events.popleft()
        if event.cursor is not None:
            self.cursor = event.cursor
        return event

    def close(self) -> None:
        """Close the connection: there is no further event, also for a thread or task that is waiting for one."""
        self.is_over = True
        self._events.clear()
        if self._is_read and self._channel is not None:
            self._channel.interrupt()
        elif not self._is_read:
            self.drop()

    def drop(self) -> None:
        """Close the connection; the next event comes over another one."""
        if self._channel is not None:
            self._channel.close()
            self._channel = None

    def _more(self) -> Steps[None]:
        """Read what comes next, over a new connection if there is none."""
        channel = self._channel or (yield from self._opened())
        if channel is None:
            return
        octets = b"" if self.is_over else (yield from channel.read())
        if self.is_over:
            self.drop()
        elif not octets:
            yield from self._ended()
        for sent in self._reader.feed(octets):
            self._tries, self._trying_since, self._has_brought = 0, None, True
            if not self.is_over:
                self._take(sent)

    def _opened(self) -> Steps[Channel | None]:
        """Open the next connection. None if there was none to be had yet, or the inbox is no more."""
        where = self.where
        self._reader, self._has_brought = EventReader(), False
        try:
            opened = yield from where.session.open(
                operations.stream_inbox(where.address, after=self.cursor), where.token, _SILENCE
            )
        except NotFound as error:
            if not self._was_connected or error.request_id is None:  # without, something in between has answered
                raise
            self._events.append(Event("deleted"))
            self.is_over = True
            return None
        if isinstance(opened, Failure):
            yield from self._recover(opened)
            return None
        self._channel = opened
        return opened

    def _take(self, sent: ServerSent) -> None:
        """Keep an event for the caller."""
        if sent.name == "refused":
            self.is_over = self._was_refused = True
            return
        if sent.name == "connected":
            if self.cursor is None:
                self.cursor = cursor_number(sent.id)  # a connection that breaks before the first mail goes on from here
            if self._was_connected:
                return
            self._was_connected = True
        if sent.name == "ping":
            return
        self._events.append(_event(sent))
        self.is_over = sent.name in _ENDINGS

    def _ended(self) -> Steps[None]:
        """Pause as a server asks that is stopping; if it ended without a word, only a moment. A connection that brought
        no event at all is a failure.
        """
        self.drop()
        told = None if self._reader.retry is None else min(self._reader.retry / 1000, _LONGEST_PAUSE)
        if self._has_brought:
            yield from pause(max(told or 0.0, _SHORTEST_PAUSE))
        else:
            failure = self.where.session.away(Lost("the stream ended before an event came"))
            yield from self._recover(failure._replace(after=told))

    def _recover(self, failure: Failure) -> Steps[None]:
        """Pause before the next connection. Raises Unavailable when that was tried for too long."""
        self.drop()
        moment = yield from now()
        if self._trying_since is None:
            self._trying_since = moment
        self._tries += 1
        try:
            yield from pause_before_retry(failure, self._tries, self._trying_since + self.where.session.retry_for)
        except BaseException:
            self._tries, self._trying_since = 0, None
            raise


def _event(sent: ServerSent) -> Event:
    try:
        data = json.loads(sent.data)
    except (ValueError, RecursionError):
        data = {}
    if not isinstance(data, dict):
        data = {}
    cursor = cursor_number(sent.id) if sent.name == "message" else None
    return Event(
        sent.name,
        cursor,
        data,
        str(data.get("id", "")),
        str(data.get("subject", "")),
        str(data.get("from", "")),
        bool(data.get("has_otp", False)),
    )


class Stream(Blocking):
    """The events of an inbox: `for event in inbox.stream():`. `close()` or a `with` block ends it."""

    def __init__(self, where: Where, after: int | str | None) -> None:
        self._following = Following(where, after)

    @property
    def cursor(self) -> int | str | None:
        """The place after the last event, for a stream that goes on from here."""
        return self._following.cursor

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Event:
        event = self._run(self._following.next())
        if event is None:
            self.close()
            raise StopIteration
        return event

    def close(self) -> None:
        """End the stream."""
        self._following.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class AsyncStream(Awaiting):
    """The events of an inbox: `async for event in inbox.stream():`. `close()` or an `async with` block ends it."""

    def __init__(self, where: Where, after: int | str | None) -> None:
        self._following = Following(where, after)

    @property
    def cursor(self) -> int | str | None:
        """The place after the last event, for a stream that goes on from here."""
        return self._following.cursor

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Event:
        event = await self._run(self._following.next())
        if event is None:
            await self.close()
            raise StopAsyncIteration
        return event

    async def close(self) -> None:
        """End the stream."""
        self._following.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()
