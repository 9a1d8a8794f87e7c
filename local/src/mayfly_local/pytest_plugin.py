"""Pytest fixtures: real servers for tests, started when the first test asks and stopped at the end.

Loaded by `-p mayfly_local.pytest_plugin` in pyproject.toml. Everything heavy is imported inside the fixtures, so that a
run of unit tests pays for nothing. Each xdist worker has servers of its own.

    mongo_uri, nats_url   session: addresses of a mongod (replica set, primary) and a nats-server with JetStream
    mongo_database        test: the name of a database that is dropped afterwards
    clean_nats            test: `nats_url` after every stream has been deleted
    stack                 session: the whole of Mayfly (see `mayfly_local.stack.Stack`)
    make_stack            test: makes further stacks, stopped afterwards: make_stack(env={...})
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

if TYPE_CHECKING:
    from pymongo import MongoClient

    from mayfly_local.ports import Ports
    from mayfly_local.stack import Stack

    MakeStack = Callable[..., Stack]


@pytest.fixture(scope="session")
def free_ports() -> Iterator["Ports"]:
    """Free ports that no other test worker will be given: `free_ports.take()`."""
    from mayfly_local.ports import Ports

    ports = Ports()
    yield ports
    ports.release()


@pytest.fixture(scope="session")
def mongo_uri(free_ports: "Ports") -> Iterator[str]:
    from mayfly_local import throwaway

    with throwaway.mongod(free_ports) as uri:
        yield uri


@pytest.fixture(scope="session")
def nats_url(free_ports: "Ports") -> Iterator[str]:
    from mayfly_local import throwaway

    with throwaway.nats_server(free_ports) as url:
        yield url


@pytest.fixture(scope="session")
def _mongo_client(mongo_uri: str) -> Iterator["MongoClient[dict[str, Any]]"]:
    from mayfly_local import health

    with health.mongo_client(mongo_uri) as client:
        yield client


@pytest.fixture
def mongo_database(_mongo_client: "MongoClient[dict[str, Any]]") -> Iterator[str]:
    """Name of a database on `mongo_uri` that belongs to this test alone."""
    name = f"test_{uuid4().hex}"
    yield name
    _mongo_client.drop_database(name)


@pytest.fixture
def clean_nats(nats_url: str) -> str:
    """The url of a nats-server without any stream (object-store buckets and key-value buckets are streams too)."""
    from mayfly_local import throwaway

    throwaway.delete_all_streams(nats_url)
    return nats_url


@pytest.fixture(scope="session")
def stack(free_ports: "Ports") -> Iterator["Stack"]:
    import tempfile

    from mayfly_local.stack import Stack

    with tempfile.TemporaryDirectory(prefix="mayfly-e2e-") as folder, Stack(Path(folder), free_ports) as running:
        yield running


@pytest.fixture
def make_stack(free_ports: "Ports", tmp_path: Path) -> Iterator["MakeStack"]:
    """Make a `Stack` over a fresh folder (or `data_dir`); not started yet."""
    from mayfly_local.stack import Stack

    with ExitStack() as stacks:

        def make(env: Mapping[str, str] | None = None, data_dir: Path | None = None) -> Stack:
            made = Stack(data_dir or tmp_path / uuid4().hex, free_ports, env)
            stacks.callback(made.stop)
            return made

        yield make
