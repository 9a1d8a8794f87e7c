"""Servers for tests and benches: the programs of a real run, on free ports, with a folder that is deleted afterwards.

`pytest_plugin` enters `mongod` and `nats_server` once per test worker.
"""

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from mayfly_local import binaries, health, servers
from mayfly_local.faults import Breakdown
from mayfly_local.ports import Ports
from mayfly_local.processes import Child, Program, stop

PATIENCE = 30.0


@contextmanager
def mongod(ports: Ports, place: Path | None = None) -> Iterator[str]:
    """Run a mongod with its data in a new folder in `place` (None: where temporary files are); yield its URI."""
    binary = binaries.find(binaries.MONGOD)[binaries.MONGOD]
    port = ports.take()
    with _running(lambda folder: servers.mongod(binary, folder / "data", port, servers.SMALL_CACHE_GB), place):
        yield servers.mongo_uri(port)


@contextmanager
def nats_server(ports: Ports, place: Path | None = None) -> Iterator[str]:
    """Run a nats-server with JetStream and its data in a new folder in `place`, as `mongod`; yield its URL."""
    binary = binaries.find(binaries.NATS_SERVER)[binaries.NATS_SERVER]
    port = ports.take()
    with _running(lambda folder: servers.nats_server(binary, folder / "data", port), place):
        yield servers.nats_url(port)


@contextmanager
def _running(make: Callable[[Path], Program], place: Path | None) -> Iterator[None]:
    with tempfile.TemporaryDirectory(prefix="mayfly-test-", dir=place, ignore_cleanup_errors=True) as name:
        child = Child(make(Path(name)), Path(name))
        child.start()
        try:
            wait_until_ready(child)
            yield
        finally:
            # The data is deleted, so there is no need for an orderly stop.
            stop([child], grace=0)


def wait_until_ready(child: Child, patience: float = PATIENCE) -> None:
    """Poll the program's check. Raises Breakdown with the end of its log when it dies or takes too long."""
    deadline = time.monotonic() + patience
    while fault := child.program.check():
        if not child.running or time.monotonic() > deadline:
            raise Breakdown(*child.last_lines(), f"{child.program.name}: {fault}")
        time.sleep(0.01)


def delete_all_streams(url: str) -> None:
    """Delete every stream of the account, to separate tests."""
    health.run(_delete_all_streams(url))


async def _delete_all_streams(url: str) -> None:
    client = await health.connect_nats(url)
    try:
        jetstream = client.jetstream(timeout=5)
        while streams := await jetstream.streams_info():
            for stream in streams:
                await jetstream.delete_stream(stream.config.name or "")
    finally:
        await client.close()
