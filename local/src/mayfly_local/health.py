"""Health checks of running processes, polled by the supervisor and the test fixtures.

A check returns None when the process is ready, else a few words on what is missing. Except for `first_run` and
`throwaway`, the drivers (pymongo, nats, httpx) are used only here.
"""

import asyncio
import socket
import ssl
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import httpx
import nats
from nats.aio.client import Client
from nats.errors import Error as NatsError
from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

Check = Callable[[], str | None]
T = TypeVar("T")

PATIENCE = 1.0  # seconds for one check; it is repeated
# Without it httpx loads the certificates of the system at every check, for http:// too: 20 ms of a processor.
_NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
NOT_YET_INITIALIZED = 94  # MongoDB's error code for a replica set without a configuration


def mongod_member(uri: str, port: int) -> str | None:
    """Ready when the server is a writable primary. Initiates `rs0`, or corrects its member's port, if needed."""
    if fault := listening("127.0.0.1", port):
        return fault
    with mongo_client(uri) as client:
        try:
            if client.admin.command("hello").get("isWritablePrimary"):
                return None
            _settle_replica_set(client, f"127.0.0.1:{port}")
        except PyMongoError as error:
            return f"not answering ({error})"
    return "not a writable primary yet"


def mongo_primary(uri: str) -> str | None:
    """Ready when a writable primary answers. Changes nothing."""
    try:
        with mongo_client(uri) as client:
            return None if client.admin.command("hello").get("isWritablePrimary") else "not a writable primary"
    except PyMongoError as error:
        return f"not answering ({error})"


def mongo_client(uri: str) -> MongoClient[dict[str, Any]]:
    """Return a client that waits up to `PATIENCE` for a server."""
    return MongoClient(uri, serverSelectionTimeoutMS=int(PATIENCE * 1000), tz_aware=True)


def _settle_replica_set(client: MongoClient[dict[str, Any]], member: str) -> None:
    try:
        config = client.admin.command("replSetGetConfig")["config"]
    except OperationFailure as error:
        if error.code != NOT_YET_INITIALIZED:
            raise
        client.admin.command("replSetInitiate", {"_id": "rs0", "members": [{"_id": 0, "host": member}]})
        return
    if config["members"][0]["host"] != member:
        # The data was created with another port, so the server does not find itself in its configuration.
        config["members"][0]["host"] = member
        config["version"] += 1
        client.admin.command({"replSetReconfig": config, "force": True})


def nats_jetstream(url: str) -> str | None:
    """Ready when a client can connect and JetStream answers for its account."""
    try:
        run(_jetstream_account(url))
    except (OSError, NatsError, TimeoutError) as error:
        return f"not answering ({error!r})"
    return None


async def _jetstream_account(url: str) -> None:
    client = await connect_nats(url)
    try:
        await client.jetstream(timeout=PATIENCE).account_info()
    finally:
        await client.close()


async def connect_nats(url: str) -> Client:
    """Connect once, within `PATIENCE`, without the client's retries and output on stderr."""

    async def quiet(_: Exception) -> None:
        pass

    return await nats.connect(
        url.split(","),
        allow_reconnect=False,
        # Limits the tries of the first connection, regardless of `allow_reconnect` (default: 2 minutes; 0: for ever).
        max_reconnect_attempts=1,
        reconnect_time_wait=0,
        connect_timeout=int(PATIENCE),
        error_cb=quiet,
    )


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine from synchronous code, even if this thread has a running event loop (as in a test)."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


def listening(host: str, port: int) -> str | None:
    """Ready when something accepts connections there."""
    try:
        socket.create_connection((host, port), PATIENCE).close()
    except OSError:
        return f"nothing listens on port {port} yet"
    return None


def http_ok(url: str) -> str | None:
    """Ready when GET answers 200; without TLS."""
    try:
        answer = httpx.get(url, timeout=PATIENCE, trust_env=False, verify=_NO_TLS)
    except httpx.HTTPError:
        return f"{url} does not answer yet"
    return None if answer.is_success else f"{url} answers {answer.status_code}: {answer.text[:200].strip()}"


def smtp_greets(host: str, port: int) -> str | None:
    """Ready when the first line is a 220 (RFC 5321 section 3.1)."""
    try:
        with socket.create_connection((host, port), PATIENCE) as session:
            greeting = session.recv(512)
            session.sendall(b"QUIT\r\n")
    except OSError:
        return f"no SMTP greeting on port {port} yet"
    return None if greeting.startswith(b"220") else f"SMTP on port {port} greets with {greeting[:80]!r}"


def all_of(*checks: Check) -> Check:
    """Return a check that is ready when all of these are; else it returns the first fault."""

    def check() -> str | None:
        return next((fault for each in checks if (fault := each())), None)

    return check
