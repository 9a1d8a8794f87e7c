"""Server-sent events without any socket: reads events from octets as they come (HTML standard, section 9.2)."""

from __future__ import annotations

from typing import NamedTuple

LARGEST_EVENT = 1024 * 1024
_MOST_DIGITS = 18


class ServerSent(NamedTuple):
    """One event: its name, its data, and the id that holds since it (None: none yet)."""

    name: str
    data: str
    id: str | None


def cursor_number(text: str | None) -> int | None:
    """Read a cursor: up to 18 digits; None for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else None


class EventTooLarge(Exception):
    """The server sent an event over a MiB, or a line that does not end."""


class EventReader:
    """Reads events from octets. `retry`: the milliseconds that the server asked to wait before a reconnection."""

    def __init__(self) -> None:
        self.retry: int | None = None
        self._id: str | None = None
        self._line = bytearray()
        self._data: list[str] = []
        self._size = 0
        self._name = ""
        self._after_cr = False
        self._is_first = True

    def feed(self, octets: bytes) -> list[ServerSent]:
        """Return the events that these octets end. Raises EventTooLarge."""
        if self._after_cr and octets.startswith(b"\n"):
            octets = octets[1:]
            self._after_cr = False
        if not octets:
            return []
        self._after_cr = octets.endswith(b"\r")
        first, *lines = octets.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
        events: list[ServerSent] = []
        self._append(first)
        for line in lines:
            event = self._end_line()
            if event is not None:
                events.append(event)
            self._append(line)
        return events

    def _append(self, part: bytes) -> None:
        self._line += part
        if len(self._line) + self._size > LARGEST_EVENT:
            raise EventTooLarge(f"a server-sent event over {LARGEST_EVENT} octets")

    def _end_line(self) -> ServerSent | None:
        octets = bytes(self._line)
        self._line.clear()
        if self._is_first:
            self._is_first = False
            octets = octets.removeprefix(b"\xef\xbb\xbf")
        if not octets:
            return self._dispatch()
        name, _, value = octets.decode("utf-8", "replace").partition(":")
        self._field(name, value.removeprefix(" "))
        return None

    def _field(self, name: str, value: str) -> None:
        if name == "data":
            self._data.append(value)
            self._size += len(value) + 1
        elif name == "event":
            self._name = value
        elif name == "id" and "\0" not in value:
            self._id = value
        elif name == "retry" and value.isascii() and value.isdigit() and len(value) < 10:  # noqa: PLR2004 - no overflow
            self.retry = int(value)

    def _dispatch(self) -> ServerSent | None:
        data, name = self._data, self._name
        self._data, self._name, self._size = [], "", 0
        if not data:
            return None
        return ServerSent(name or "message", "\n".join(data), self._id)
