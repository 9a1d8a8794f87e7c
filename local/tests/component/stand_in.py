"""Stands in for any of the five services: answers its probe, and speaks as much HTTP or SMTP as the supervisor asks for.

Run as `python -m <service module>` by way of PYTHONPATH. `STAND_IN_FAULT=<module>` makes that one die at its start.
"""

import asyncio
import json
import os
import signal
import sys
from pathlib import Path

NAME = Path(sys.argv[0]).parent.name
ACCOUNTS = Path(os.environ["MAYFLY_DATA_DIR"]) / "stand-in-accounts"


def answer(method: str, path: str, head: str) -> tuple[int, object]:
    if path != "/api/v1/admin/accounts":
        return 200, {}
    if Path(os.environ["MAYFLY_ADMIN_TOKEN_FILE"]).read_text().strip() not in head:
        return 401, {}
    if method == "POST":
        ACCOUNTS.touch()
        return 201, {"id": "a", "api_key": "the-first-key"}
    return 200, {"accounts": [{"id": "a"}] if ACCOUNTS.exists() else []}


async def http(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    method, path, _ = head.split(" ", 2)
    status, body = answer(method, path, head)
    text = json.dumps(body).encode()
    writer.write(b"HTTP/1.1 %d X\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s" % (status, len(text), text))
    await writer.drain()
    writer.close()


async def smtp(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"220 stand-in\r\n")
    await reader.readline()
    writer.close()


async def main() -> None:
    print(f"{NAME} starts", flush=True)
    if os.environ.get("STAND_IN_FAULT") == NAME:
        sys.exit(f"{NAME} cannot work like this")
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    servers = [await asyncio.start_server(http, os.environ["MAYFLY_BIND"], int(os.environ["MAYFLY_PROBE_PORT"]))]
    for name, variable, speak in (("api_gateway", "MAYFLY_HTTP_PORT", http), ("smtp_ingest", "MAYFLY_SMTP_PORT", smtp)):
        if name == NAME:
            port = int(os.environ[variable])
            servers.append(await asyncio.start_server(speak, os.environ["MAYFLY_BIND"], port, reuse_port=True))
    await stop.wait()
    for server in servers:
        server.close()
    print(f"{NAME} stops", flush=True)


asyncio.run(main())
