"""A world of its own for the client's steps: servers are scripts, and time passes only by pauses and silent servers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, TypeVar

from mayfly_mail.connection import Line, Pool
from mayfly_mail.effects import Connect, Effect, Now, Pause, Read, Steps, Write
from mayfly_mail.route import parse_base
from mayfly_mail.session import Session

T = TypeVar("T")


class Sent(NamedTuple):
    """A request that the script was sent, with the moment."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    at: float


class FakeWire:
    """A connection whose other end is a script. `is_stale` as of `Connection`: recv says what a non-blocking socket says."""

    def __init__(self) -> None:
        self.coming: list[bytes | Exception] = []
        self.is_closed = False
        self.was_closed_by_peer = False

    def setblocking(self, _: bool) -> None:
        return

    def recv(self, _: int) -> bytes:
        if self.was_closed_by_peer:
            return b""
        raise BlockingIOError

    def close(self) -> None:
        self.is_closed = True


class HalfWritten(NamedTuple):
    """A request that the connection took only a part of, and that is answered nevertheless."""

    error: OSError
    answer: bytes


Answer = bytes | Exception | Iterable[bytes | Exception]


class World:
    """Performs effects. `script` answers each request with octets, pieces of them, or an exception at reading.

    A piece that is a float lets that time pass before the next.
    """

    def __init__(self, *script: Any) -> None:
        self.script = list(script)
        self.sent: list[Sent] = []
        self.pauses: list[float] = []
        self.wires: list[FakeWire] = []
        self.moment = 1000.0

    def session(self, *, key: str | None = "mf_key", timeout: float = 30.0, retry_for: float | None = 60.0) -> Session:
        pool = Pool()
        return Session(Line(parse_base("http://mayfly.test/base")), key, timeout, retry_for, lambda: pool)

    def run(self, steps: Steps[T]) -> T:
        try:
            effect = next(steps)
            while True:
                try:
                    answer = self._perform(effect)
                except Exception as error:  # noqa: BLE001 - the steps decide
                    effect = steps.throw(error)
                else:
                    effect = steps.send(answer)
        except StopIteration as end:
            return end.value

    def _perform(self, effect: Effect) -> Any:
        if isinstance(effect, Now):
            return self.moment
        if isinstance(effect, Pause):
            self.pauses.append(effect.seconds)
            self.moment += effect.seconds
            return None
        if isinstance(effect, Connect):
            return self._connected()
        if isinstance(effect, Write):
            return self._written(effect)
        assert isinstance(effect, Read)
        return self._read(effect)

    def _connected(self) -> FakeWire:
        if self.script and isinstance(self.script[0], ConnectionRefusedError):
            raise self.script.pop(0)
        self.wires.append(FakeWire())
        return self.wires[-1]

    def _written(self, effect: Write) -> None:
        head, _, body = effect.data.partition(b"\r\n\r\n")
        first, *fields = head.decode().split("\r\n")
        method, target, _ = first.split(" ")
        self.sent.append(Sent(method, target, dict(field.split(": ", 1) for field in fields), body, self.moment))
        assert self.script, f"the script has no answer to {first}"
        answer = self.script.pop(0)
        if isinstance(answer, HalfWritten):
            effect.wire.coming.append(answer.answer)  # type: ignore[attr-defined]
            raise answer.error
        if callable(answer):
            answer = answer(self.sent[-1])
        pieces = [answer] if isinstance(answer, (bytes, Exception)) else list(answer)
        effect.wire.coming += pieces  # type: ignore[attr-defined]

    def _read(self, effect: Read) -> bytes:
        coming = effect.wire.coming  # type: ignore[attr-defined]
        while coming and isinstance(coming[0], float):
            passing = coming.pop(0)
            if passing > effect.seconds:
                self.moment += effect.seconds
                raise TimeoutError("timed out")
            self.moment += passing
        if not coming:
            return b""
        piece = coming.pop(0)
        if isinstance(piece, Exception):
            raise piece
        return piece


def answer(status: int, body: Any = None, **headers: str) -> bytes:
    """An HTTP response with a JSON body."""
    octets = b"" if body is None else json.dumps(body).encode()
    fields = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {status} x\r\n{fields}Content-Length: {len(octets)}\r\n\r\n".encode() + octets


def refusal(status: int, code: str, **headers: str) -> bytes:
    return answer(status, {"error": code, "message": f"it is {code}"}, **headers)


def after(seconds: float, octets: bytes) -> Callable[[Sent], list[Any]]:
    """An answer that takes its time."""
    return lambda _: [float(seconds), octets]
