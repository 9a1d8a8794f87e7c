"""Connects to MongoDB and translates the driver's exceptions into mayfly.failures."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from pymongo import AsyncMongoClient
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import (
    BulkWriteError,
    ConnectionFailure,
    DuplicateKeyError,
    ExecutionTimeout,
    OperationFailure,
    PyMongoError,
)

from mayfly.failures import Conflict, StorageFull, TransientFailure
from mayfly.store.command_times import CommandTimes

Document = dict[str, Any]
Database = AsyncDatabase[Document]

_OUT_OF_DISK_SPACE = 14031  # MongoDB error code OutOfDiskSpace


@asynccontextmanager
async def connect(uri: str, database: str, name: str) -> AsyncIterator[Database]:
    """Connect, and disconnect at the end. Writes wait until a majority of the members has journalled them.

    Raises TransientFailure when no primary answers within 5 s.
    """
    client: AsyncMongoClient[Document] = AsyncMongoClient(
        uri,
        appname=name,
        tz_aware=True,
        w="majority",
        journal=True,
        serverSelectionTimeoutMS=5000,
        connectTimeoutMS=2000,
        socketTimeoutMS=30000,
        timeoutMS=None,
        event_listeners=[CommandTimes()],
    )
    try:
        await check(client[database])
        yield client[database]
    finally:
        await client.close()


async def check(database: Database) -> None:
    """Readiness check. Raises TransientFailure when the store does not answer."""
    with store_failures():
        await database.command("ping")


@contextmanager
def store_failures() -> Iterator[None]:
    """Translate driver exceptions: duplicate key -> Conflict, disk full -> StorageFull, others -> TransientFailure."""
    try:
        yield
    except DuplicateKeyError as error:
        fields = ", ".join((error.details or {}).get("keyPattern", {}))
        raise Conflict(f"taken: {fields}") from error
    except (ConnectionFailure, ExecutionTimeout) as error:
        raise TransientFailure(f"the store is out of reach ({type(error).__name__})") from error
    except OperationFailure as error:
        codes = error_codes(error)
        if _OUT_OF_DISK_SPACE in codes:
            raise StorageFull("the store is full") from error
        raise TransientFailure(f"the store refused (code {', '.join(sorted(map(str, codes)))})") from error
    except PyMongoError as error:
        raise TransientFailure(f"the store failed ({type(error).__name__})") from error


def error_codes(error: OperationFailure) -> set[int | None]:
    """The server's codes. A bulk write has those of all its errors: of single writes, and of the write concern."""
    if not isinstance(error, BulkWriteError):
        return {error.code}
    return {fault["code"] for fault in [*error.details["writeErrors"], *error.details["writeConcernErrors"]]}
