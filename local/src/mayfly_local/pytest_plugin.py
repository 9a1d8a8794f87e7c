"""Pytest plugin: starts real servers for tests that need them, and marks tests by their folder.

Loaded by `-p mayfly_local.pytest_plugin` in pyproject.toml. Fixtures import what they need, so that unit
tests start fast. Each xdist worker has its own servers, started at first use and stopped at the end of the run.
Their data is in memory where there is room (`mayfly_local.scratch`).

    mongo_uri, nats_url   session: addresses of a mongod (replica set, primary) and a nats-server with JetStream
    mongo_database        test: the name of a database that is dropped afterwards
    clean_nats            test: `nats_url` after every stream has been deleted
    stack                 session: all of Mayfly (see `mayfly_local.stack.Stack`)
    make_stack            test: creates further stacks, stopped afterwards: make_stack(env={...})

Markers come from folders alone (`FOLDERS`); tests that use `stack` run on one xdist worker, because each worker would
otherwise start a stack of its own.
"""

import gc
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
import structlog

if TYPE_CHECKING:
    from pymongo import MongoClient

    from mayfly_local.ports import Ports
    from mayfly_local.stack import Stack

    MakeStack = Callable[..., Stack]

FOLDERS = {
    "unit": "unit",
    "architecture": "unit",
    "component": "component",
    "system": "system",
    "browser": "system",
    "attack": "attack",
}
"""Folder of a test to its marker. A test in several of these folders has several markers."""
LONGEST_ID = 100
GARBAGE_OBJECTS = 20_000
"""New objects after which the youngest generation is collected (Python's default: 700)."""
SERVERS = {"mongo_uri", "nats_url", "stack", "make_stack"}


def pytest_configure() -> None:
    """Let structlog hold the stream that it writes to: pytest replaces `sys.stdout` while threads of tests log.

    structlog's default is `print`, which borrows `sys.stdout` in CPython before 3.13 (gh-130163); it crashed.
    """
    structlog.configure(logger_factory=structlog.WriteLoggerFactory())


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark every test by its folder, before `-m` selects and xdist groups. Raises UsageError for a misplaced test."""
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        markers = {FOLDERS[part] for part in item.path.relative_to(config.rootpath).parent.parts if part in FOLDERS}
        if fixtures & SERVERS and not markers & {"component", "system"}:
            used = ", ".join(sorted(fixtures & SERVERS))
            raise pytest.UsageError(
                f"{item.nodeid} uses {used}: such a test belongs in a folder component/, system/ or browser/"
            )
        for marker in sorted(markers):
            item.add_marker(marker)
        if "stack" in fixtures:
            item.add_marker(pytest.mark.xdist_group("stack"))


def pytest_make_parametrize_id(val: object) -> str | None:
    """Name a long text or body by its beginning and length: ids go to every report, and one had 28 MB."""
    if isinstance(val, str | bytes) and len(val) > LONGEST_ID:
        return f"{val[:LONGEST_ID]!r} and more, {len(val)} in all"
    return None


def pytest_collection_finish() -> None:
    """Let garbage collection skip what lives as long as the run (the tests themselves), and come less often.

    It took a tenth of the processor time of unit tests (measured); the services do the same for theirs.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE_OBJECTS)


@pytest.fixture(scope="session")
def free_ports() -> Iterator["Ports"]:
    """Yield free ports that no other test worker uses: `free_ports.take()`."""
    from mayfly_local.ports import Ports

    ports = Ports()
    yield ports
    ports.release()


@pytest.fixture(scope="session")
def scratch() -> Iterator[Path]:
    """Yield a folder for the data of servers, in memory where there is room."""
    from mayfly_local.scratch import folder

    with folder() as made:
        yield made


@pytest.fixture(scope="session")
def mongo_uri(free_ports: "Ports", scratch: Path) -> Iterator[str]:
    from mayfly_local import throwaway

    with throwaway.mongod(free_ports, scratch) as uri:
        yield uri


@pytest.fixture(scope="session")
def nats_url(free_ports: "Ports", scratch: Path) -> Iterator[str]:
    from mayfly_local import throwaway

    with throwaway.nats_server(free_ports, scratch) as url:
        yield url


@pytest.fixture(scope="session")
def _mongo_client(mongo_uri: str) -> Iterator["MongoClient[dict[str, Any]]"]:
    from mayfly_local import health

    with health.mongo_client(mongo_uri) as client:
        yield client


@pytest.fixture
def mongo_database(_mongo_client: "MongoClient[dict[str, Any]]") -> Iterator[str]:
    """Yield the name of a database on `mongo_uri` that only this test uses; it is dropped afterwards."""
    name = f"test_{uuid4().hex}"
    yield name
    _mongo_client.drop_database(name)


@pytest.fixture
def clean_nats(nats_url: str) -> str:
    """Return the URL of a nats-server without any stream (object-store and key-value buckets are streams too)."""
    from mayfly_local import throwaway

    throwaway.delete_all_streams(nats_url)
    return nats_url


@pytest.fixture(scope="session")
def stack(free_ports: "Ports", scratch: Path) -> Iterator["Stack"]:
    from mayfly_local.stack import Stack

    with Stack(scratch / "stack", free_ports) as running:
        yield running


@pytest.fixture
def make_stack(free_ports: "Ports", scratch: Path) -> Iterator["MakeStack"]:
    """Yield a function that makes a `Stack` in a new folder (or in `data_dir`), not yet started."""
    from mayfly_local.stack import Stack

    with ExitStack() as stacks:

        def make(env: Mapping[str, str] | None = None, data_dir: Path | None = None) -> Stack:
            made = Stack(data_dir or scratch / uuid4().hex, free_ports, env)
            stacks.callback(made.stop)
            return made

        yield make
