"""Load generator for an SMTP server: many peers in one process, each sending mails sequentially.

Run by bench.smtp and bench.peers as `python -m bench.smtp_load`, with options as JSON on stdin; prints results as JSON.
"""

import asyncio
import json
import random
import resource
import sys
import time
from base64 import b64encode
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from itertools import cycle

import uvloop

from bench.parser_mails import sign_up_mail


@dataclass
class Options:
    """`style`: how the peers send.

    kept        one connection for all mails, one command at a time
    pipelined   the same, with MAIL, RCPT and DATA in one packet (RFC 2920)
    fresh       a connection for each mail, pipelined
    single      a connection for each mail, one command at a time

    `mixed`: mails of 10 to 20 kB that differ, instead of one of 20 kB again and again.
    """

    port: int
    style: str
    peers: int
    seconds: float
    addresses: Sequence[str]
    mixed: bool = False
    warm_up: float = 1.0


@dataclass
class Findings:
    """`mails` were acknowledged after the warm-up; `sent`: to each address, from the first one on."""

    mails: int = 0
    refused: int = 0
    seconds: float = 0
    cpu_seconds: float = 0
    final_reply_ms: dict[str, float] = field(default_factory=dict)
    sent: dict[str, int] = field(default_factory=dict)


def mails(*, mixed: bool) -> list[bytes]:
    """What to send in turns; no line starts with a dot."""
    if not mixed:
        return [multipart(20_000)]
    # Every fourth with an attachment, as many sizes as mails.
    return [
        multipart(10_000 + 100 * number) if number % 4 == 0 else sign_up_mail(number, 10_000 + 100 * number)
        for number in range(100)
    ]


def multipart(octets: int) -> bytes:
    """A realistic mail: text, HTML and a base64 attachment, `octets` in all; no line starts with a dot."""
    words = ["account", "confirm", "your", "code", "is", "valid", "for", "ten", "minutes", "please", "visit"]
    pick = random.Random(20)
    text = "\r\n".join(" ".join(pick.choices(words, k=10)) for _ in range(30))
    html = "".join(f"<p>{' '.join(pick.choices(words, k=10))}</p>\r\n" for _ in range(60))
    head = (
        "From: Sender <sender@example.org>\r\nTo: user@mayfly.test\r\nSubject: Your code is 493817\r\n"
        "Date: Fri, 20 Nov 2026 10:00:00 +0000\r\nMessage-ID: <1@example.org>\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/mixed; boundary="b1"\r\n\r\n'
        f'--b1\r\nContent-Type: text/plain; charset="utf-8"\r\n\r\n{text}\r\n'
        f'--b1\r\nContent-Type: text/html; charset="utf-8"\r\n\r\n{html}\r\n'
        '--b1\r\nContent-Type: application/pdf; name="a.pdf"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
    ).encode()
    rest = max(0, octets - len(head) - 10)
    encoded = b64encode(pick.randbytes(rest * 57 // 78)).decode()
    lines = "\r\n".join(encoded[start : start + 76] for start in range(0, len(encoded), 76))
    return head + lines.encode() + b"\r\n--b1--\r\n"


class Sender(asyncio.Protocol):
    """One peer as a state machine: the reply it waits for, and what it sends next."""

    def __init__(self, load: "Load") -> None:
        self._load = load
        self._buffer = b""
        self._expected = 1
        self._state = "greeting"
        self._address = ""
        self._sent_at = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def connection_lost(self, _error: Exception | None) -> None:
        self._load.gone()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n")) >= 0:
            line, self._buffer = self._buffer[:end], self._buffer[end + 2 :]
            if line[3:4] != b"-":
                self._expected -= 1
                if not self._expected:
                    self._next(line)
                elif line[:1] not in b"23":
                    self._load.refused += 1

    def _next(self, line: bytes) -> None:
        match self._state:
            case "greeting":
                self._say("ehlo", b"EHLO load.example.org\r\n")
            case "ehlo":
                self._begin()
            case "mail":
                self._say("rcpt", self._rcpt())
            case "rcpt":
                self._say("data", b"DATA\r\n")
            case "data":
                self._sent_at = time.perf_counter()
                self._say("final", self._load.next_mail())
            case "final":
                self._load.done(self._sent_at, self._address, accepted=line.startswith(b"250"))
                if self._load.options.style in {"fresh", "single"} or self._load.is_over():
                    self._say("bye", b"QUIT\r\n")
                else:
                    self._begin()
            case "bye":
                self._transport.close()

    def _begin(self) -> None:
        mail = b"MAIL FROM:<sender@example.org>\r\n"
        if self._load.options.style in {"kept", "single"}:
            self._say("mail", mail)
        else:
            self._say("data", mail + self._rcpt() + b"DATA\r\n", expected=3)

    def _rcpt(self) -> bytes:
        self._address = self._load.next_address()
        return f"RCPT TO:<{self._address}>\r\n".encode()

    def _say(self, state: str, octets: bytes, expected: int = 1) -> None:
        self._state, self._expected = state, expected
        self._transport.write(octets)


class Load:
    def __init__(self, options: Options) -> None:
        self.options = options
        self.refused = 0
        self._mails = cycle([mail + b".\r\n" for mail in mails(mixed=options.mixed)])
        self._addresses = cycle(options.addresses)
        self._sent: Counter[str] = Counter()
        self._times: list[float] = []
        self._start = time.perf_counter() + options.warm_up
        self._end = self._start + options.seconds
        self._open = 0
        self._over = asyncio.get_running_loop().create_future()

    async def run(self) -> Findings:
        for _ in range(self.options.peers):
            await self._connect()
        await asyncio.sleep(self.options.warm_up)
        before = _cpu()
        await asyncio.sleep(self.options.seconds)
        spent = _cpu() - before
        await self._over
        times = sorted(self._times)
        quantiles = {f"p{part}": round(times[len(times) * part // 100] * 1000, 2) for part in (50, 99)} if times else {}
        return Findings(len(times), self.refused, self.options.seconds, spent, quantiles, dict(self._sent))

    def next_mail(self) -> bytes:
        return next(self._mails)

    def next_address(self) -> str:
        return next(self._addresses)

    def done(self, sent_at: float, address: str, *, accepted: bool) -> None:
        now = time.perf_counter()
        if not accepted:
            self.refused += 1
            return
        self._sent[address] += 1
        if self._start <= now < self._end:
            self._times.append(now - sent_at)

    def is_over(self) -> bool:
        return time.perf_counter() >= self._end

    def gone(self) -> None:
        self._open -= 1
        if not self.is_over():
            self._task = asyncio.create_task(self._connect())
        elif not self._open and not self._over.done():
            self._over.set_result(None)

    async def _connect(self) -> None:
        self._open += 1
        await asyncio.get_running_loop().create_connection(lambda: Sender(self), "127.0.0.1", self.options.port)


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


async def main() -> None:
    load = Load(Options(**json.load(sys.stdin)))
    print(json.dumps(asdict(await load.run())))


if __name__ == "__main__":
    uvloop.run(main())
