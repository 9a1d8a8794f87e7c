"""Load generator for HTTP: persistent connections, sequential requests on each, of a list in turns.

Run by bench.api and bench.peers:

    python -m bench.api_load HOST PORT CONNECTIONS SECONDS [once]

Standard input has a line for each request: its path and, after a space, its API key. The list begins anew at its end
until the time is over; with `once` the run ends there. Prints one JSON object: requests, requests per second,
statuses, and the latencies' percentiles in milliseconds.
"""

import asyncio
import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import cycle
from time import perf_counter
from typing import cast

import uvloop

_LENGTH = b"content-length: "
_CHUNKED = b"transfer-encoding: chunked"
_LAST_CHUNK = b"0\r\n\r\n"


@dataclass(slots=True)
class _Run:
    """What all connections share. `requests`: the next ones."""

    requests: Iterator[bytes]
    until: float
    latencies: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)


class _Connection(asyncio.Protocol):
    """Sends the next request as soon as the response to the last one is complete."""

    def __init__(self, run: _Run) -> None:
        self._run = run
        self._received = b""
        self._missing = 0
        self._is_chunked = False
        self._started = 0.0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(
            "asyncio.Transport", transport
        )  # uvloop's transports do not inherit from asyncio's classes
        self._send()

    def data_received(self, data: bytes) -> None:
        if self._is_chunked:
            self._received = (self._received + data)[-len(_LAST_CHUNK) :]
        elif self._missing:
            self._missing -= len(data)
        else:
            self._begin(data)
        if self._is_chunked and self._received.endswith(_LAST_CHUNK):
            # Each request waits for its response, so nothing follows.
            self._received, self._is_chunked = b"", False
        if not self._missing and not self._received:
            self._run.latencies.append(perf_counter() - self._started)
            self._send()

    def connection_lost(self, _: Exception | None) -> None:
        if not self.done.done():
            self.done.set_result(None)

    def _begin(self, data: bytes) -> None:
        """Read the head of a response as far as it is there."""
        data = self._received + data
        head = data.find(b"\r\n\r\n")
        if head < 0:
            self._received = data
            return
        self._received = b""
        self._run.statuses[int(data[9:12])] += 1
        fields = data[: head + 2].lower()
        if _CHUNKED in fields:
            self._is_chunked = True
            self._received = data[head + 4 :][-len(_LAST_CHUNK) :] or b" "
            return
        place = fields.index(_LENGTH) + len(_LENGTH)
        self._missing = head + 4 + int(fields[place : fields.index(b"\r", place)]) - len(data)

    def _send(self) -> None:
        self._started = perf_counter()
        request = next(self._run.requests, None) if self._started < self._run.until else None
        if request is None:
            self._transport.close()
        else:
            self._transport.write(request)


async def _load(host: str, port: int, requests: Iterator[bytes], connections: int, seconds: float) -> dict[str, object]:
    started = perf_counter()
    run = _Run(requests, started + seconds)
    loop = asyncio.get_running_loop()
    made = [await loop.create_connection(lambda: _Connection(run), host, port) for _ in range(connections)]
    await asyncio.gather(*(protocol.done for _, protocol in made))
    elapsed = perf_counter() - started
    latencies = sorted(run.latencies)
    return {
        "requests": len(latencies),
        "per_second": round(len(latencies) / elapsed),
        "statuses": dict(run.statuses),
        "p50_ms": _percentile(latencies, 0.50),
        "p99_ms": _percentile(latencies, 0.99),
    }


def _percentile(latencies: list[float], share: float) -> float:
    return round(latencies[min(int(len(latencies) * share), len(latencies) - 1)] * 1000, 2) if latencies else 0.0


def main() -> None:
    host, port, connections, seconds, *once = sys.argv[1:]
    requests = []
    for line in sys.stdin:
        path, *key = line.split()
        fields = "".join(f"X-API-Key: {each}\r\n" for each in key)
        requests.append(f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\n{fields}\r\n".encode())
    turns = iter(requests) if once else cycle(requests)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        print(json.dumps(runner.run(_load(host, int(port), turns, int(connections), float(seconds)))))


if __name__ == "__main__":
    main()
