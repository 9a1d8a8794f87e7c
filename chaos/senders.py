"""Sends mail by SMTP, and receives webhooks: the two ends of Mayfly that are not its API.

Each mail has a token as its subject, by which every later sight of it is recognised.
"""

import asyncio
import hashlib
import json
import random
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

from chaos.ledger import Ledger

PATIENCE = 30.0  # seconds for one SMTP transaction
LARGE_OCTETS = 600_000  # above the limit of 512 KiB, so the octets go by claim check
LARGE_SHARE, TWO_RECIPIENTS_SHARE = 0.02, 0.08
LINE = "x" * 76 + "\r\n"


async def send_steadily(
    port: int, choose: Callable[[int], Sequence[str]], ledger: Ledger, *, rate: float, seed: int, stop: asyncio.Event
) -> None:
    """Send `rate` mails a second until told to stop, each in its own task, so that a slow one does not delay others.

    `choose` returns the addresses of as many recipients as it is asked for.
    """
    chance = random.Random(f"{seed} mail")
    due, number = time.monotonic(), 0
    async with asyncio.TaskGroup() as tasks:
        while not stop.is_set():
            addresses = choose(2 if chance.random() < TWO_RECIPIENTS_SHARE else 1)
            octets = LARGE_OCTETS if chance.random() < LARGE_SHARE else 300
            tasks.create_task(_send(port, f"chaos-{number:06}", addresses, octets, ledger))
            number += 1
            # What this process was late is not made up for: a burst would be a fault of its own.
            due = max(due + 1 / rate, time.monotonic())
            await asyncio.sleep(due - time.monotonic())


async def _send(port: int, token: str, addresses: Sequence[str], octets: int, ledger: Ledger) -> None:
    begun = time.time()
    result, reply = "unclear", ""
    try:
        async with asyncio.timeout(PATIENCE):
            result, reply = await converse(port, addresses, token, octets)
    except ConnectionRefusedError:
        result, reply = "refused", "no connection"
    except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
        reply = type(error).__name__
    ledger.write("mail", token=token, to=list(addresses), octets=octets, begun=begun, result=result, reply=reply)


async def converse(port: int, addresses: Sequence[str], token: str, octets: int = 300) -> tuple[str, str]:
    """Send one mail on a connection of its own; returns `accepted`, `refused` or `unclear`, and the last reply."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)

    async def say(line: str) -> str:
        writer.write(line.encode() + b"\r\n")
        await writer.drain()
        return await _reply(reader)

    try:
        replies = [await _reply(reader), await say("HELO chaos.test"), await say("MAIL FROM:<chaos@example.com>")]
        replies += [await say(f"RCPT TO:<{address}>") for address in addresses]
        if any(reply[0] != "2" for reply in replies):
            return "refused", next(reply for reply in replies if reply[0] != "2")
        if not (reply := await say("DATA")).startswith("354"):
            return "refused", reply
        head = f"From: chaos@example.com\r\nTo: {', '.join(addresses)}\r\nSubject: {token}\r\n"
        reply = await say(f"{head}\r\nYour code is 482193\r\n{LINE * (octets // len(LINE))}.")
        # 4yz after the data may mean that only the ack was lost.
        return ("accepted" if reply.startswith("250") else "unclear"), reply
    finally:
        writer.close()


async def _reply(reader: asyncio.StreamReader) -> str:
    """The last line of a reply; raises IncompleteReadError when the connection ends first."""
    while True:
        line = (await reader.readuntil(b"\n")).decode().rstrip()
        if line[3:4] != "-":
            return line


# ---- Webhooks


async def receive_webhooks(port: int, ledger: Ledger) -> asyncio.Server:
    """Serve POST /hook/<account>; answers 204 to each and writes down what came."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError, ValueError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
                body = await reader.readexactly(int(fields.get("content-length", "0")))
                _note(ledger, head[0].split()[1], fields, body)
                writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
                await writer.drain()
        writer.close()

    return await asyncio.start_server(serve, "127.0.0.1", port)


def _note(ledger: Ledger, path: str, fields: dict[str, str], body: bytes) -> None:
    event = json.loads(body)
    data = event.get("data", {})
    ledger.write(
        "webhook",
        account=int(path.rsplit("/", maxsplit=1)[1]),
        delivery=fields.get("webhook-id", ""),
        type=event["type"],
        inbox=data.get("inbox"),
        message=data.get("message_id"),
        token=data.get("subject"),
        body=hashlib.sha256(body).hexdigest()[:16],
    )
