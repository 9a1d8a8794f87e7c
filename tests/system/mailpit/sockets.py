"""A WebSocket client for tests: reads text frames (RFC 6455), answers nothing."""

import base64
import json
import os
import select
import socket
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

TEXT = 1


class Frames:
    """The frames of one connection. `refusal`: the status line where the server refused to switch protocols."""

    def __init__(self, url: str, **headers: str) -> None:
        parts = urlsplit(url)
        self.peer = socket.create_connection((str(parts.hostname), int(parts.port or 80)), timeout=10)
        fields = {
            "Host": parts.netloc,
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(),
            "Sec-WebSocket-Version": "13",
            **headers,
        }
        lines = [f"GET {parts.path} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items()), "", ""]
        self.peer.sendall("\r\n".join(lines).encode())
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += self._read(1)
        status = head.decode().partition("\r\n")[0]
        self.refusal = "" if status.split()[1] == "101" else status

    def _read(self, count: int) -> bytes:
        found = b""
        while len(found) < count:
            more = self.peer.recv(count - len(found))
            assert more, "the server closed the connection"
            found += more
        return found

    def _frame(self) -> tuple[int, bytes]:
        first, second = self._read(2)
        length = second & 127
        if length == 126:
            (length,) = struct.unpack(">H", self._read(2))
        elif length == 127:
            (length,) = struct.unpack(">Q", self._read(8))
        return first, self._read(length)

    def next(self, seconds: float) -> Any:
        """The next event (`{"Type", "Data"}`, one a frame), or None where none comes within `seconds`."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0 and select.select([self.peer], [], [], left)[0]:
            first, content = self._frame()
            if first & 15 == TEXT:
                assert first & 128, "an event in more than one frame"
                return json.loads(content)
        return None


@contextmanager
def frames(url: str, **headers: str) -> Iterator[Frames]:
    opened = Frames(url, **headers)
    try:
        yield opened
    finally:
        opened.peer.close()
