"""Load generator for one HTTP path: persistent connections, sequential requests on each. Run by bench.api.

    python -m bench.api_load HOST PORT PATH CONNECTIONS SECONDS   (the request's header lines on standard input)

Prints one JSON object: requests, seconds, statuses, and the latencies' percentiles in milliseconds.
"""

import asyncio
import json
import sys
from collections import Counter
from time import perf_counter
from typing import cast

import uvloop


class _Connection(asyncio.Protocol):
    """Sends the request again as soon as its response is complete."""

    def __init__(self, request: bytes, until: float, latencies: list[float], statuses: Counter[int]) -> None:
        self._request = request
        self._until = until
        self._latencies = latencies
        self._statuses = statuses
        self._received = bytearray()
        self._started = 0.0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(
            "asyncio.Transport", transport
        )  # uvloop's transports do not inherit from asyncio's classes
        self._send()

    def data_received(self, data: bytes) -> None:
        self._received += data
        head = self._received.find(b"\r\n\r\n")
        if head < 0:
            return
        header = bytes(self._received[:head]).lower()
        length = int(header.partition(b"content-length: ")[2].partition(b"\r\n")[0])
        if len(self._received) < head + 4 + length:
            return
        self._latencies.append(perf_counter() - self._started)
        self._statuses[int(self._received[9:12])] += 1
        self._received.clear()
        if perf_counter() < self._until:
            self._send()
        else:
            self._transport.close()

    def connection_lost(self, _: Exception | None) -> None:
        if not self.done.done():
            self.done.set_result(None)

    def _send(self) -> None:
        self._started = perf_counter()
        self._transport.write(self._request)


async def _load(host: str, port: int, request: bytes, connections: int, seconds: float) -> dict[str, object]:
    latencies: list[float] = []
    statuses: Counter[int] = Counter()
    started = perf_counter()
    loop = asyncio.get_running_loop()
    made = [
        await loop.create_connection(lambda: _Connection(request, started + seconds, latencies, statuses), host, port)
        for _ in range(connections)
    ]
    await asyncio.gather(*(protocol.done for _, protocol in made))
    elapsed = perf_counter() - started
    latencies.sort()
    return {
        "requests": len(latencies),
        "seconds": round(elapsed, 3),
        "per_second": round(len(latencies) / elapsed),
        "statuses": dict(statuses),
        "p50_ms": _percentile(latencies, 0.50),
        "p95_ms": _percentile(latencies, 0.95),
        "p99_ms": _percentile(latencies, 0.99),
    }


def _percentile(latencies: list[float], share: float) -> float:
    return round(latencies[min(int(len(latencies) * share), len(latencies) - 1)] * 1000, 2) if latencies else 0.0


def main() -> None:
    host, port, path, connections, seconds = sys.argv[1:]
    headers = "".join(f"{line.strip()}\r\n" for line in sys.stdin if line.strip())
    request = f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\n{headers}\r\n".encode()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        print(json.dumps(runner.run(_load(host, int(port), request, int(connections), float(seconds)))))


if __name__ == "__main__":
    main()
