"""The two servers below the services: their command lines, their configuration and their health checks.

`__main__` hands them to the supervisor and `throwaway` starts the same ones for tests, on the same terms.
Both listen on 127.0.0.1 alone, because neither asks for a password.
"""

import json
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from mayfly_local import health
from mayfly_local.health import Check
from mayfly_local.processes import Program

HOST = "127.0.0.1"
CACHE_GB = 0.5  # WiredTiger's cache; mongod's own default is half of the machine's memory
SMALL_CACHE_GB = 0.25  # the smallest that mongod takes
OPLOG_MB = 256
SHUTDOWN_MS = 500
JETSTREAM_MEMORY = 64 * 1024 * 1024
JETSTREAM_FILE = 64 * 1024 * 1024 * 1024
MAX_PAYLOAD = 1024 * 1024


def mongo_uri(port: int) -> str:
    """Return the address; direct, because a one-member replica set has nothing to discover."""
    return f"mongodb://{HOST}:{port}/?directConnection=true"


def nats_url(port: int) -> str:
    return f"nats://{HOST}:{port}"


def mongod(binary: Path, data: Path, port: int, cache_gb: float = CACHE_GB) -> Program:
    """Return a mongod over the folder `data` that becomes the primary of `rs0` (transactions need a replica set)."""
    return Program(
        "mongod", mongod_argv(binary, data, port, cache_gb), partial(health.mongod_member, mongo_uri(port), port)
    )


def mongod_argv(binary: Path, data: Path, port: int, cache_gb: float) -> tuple[str, ...]:
    """Return the command line of a member of `rs0`; makes its folder."""
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    return (
        str(binary),
        *("--dbpath", str(data)),
        *("--bind_ip", HOST),
        *("--port", str(port)),
        "--nounixsocket",
        *("--replSet", "rs0"),
        *("--oplogSize", str(OPLOG_MB)),
        *("--wiredTigerCacheSizeGB", str(cache_gb)),
        "--quiet",
        *("--setParameter", "diagnosticDataCollectionEnabled=false"),
        # A member that happens to be secondary waits 15 s on SIGTERM by default for others that do not exist
        # (16.0 s measured, 1.0 s with this).
        *("--setParameter", f"shutdownTimeoutMillisForSignaledShutdown={SHUTDOWN_MS}"),
    )


def nats_server(binary: Path, data: Path, port: int) -> Program:
    """Return a nats-server that keeps JetStream below the folder `data`; writes its configuration there."""
    return nats_program("nats", binary, data, nats_config(data, port), partial(health.nats_jetstream, nats_url(port)))


def nats_program(name: str, binary: Path, data: Path, config: Mapping[str, object], check: Check) -> Program:
    """Write the configuration below `data` and return the server that reads it."""
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = data / "nats.conf"
    # Its configuration language takes JSON as it is.
    path.write_text(json.dumps(config, indent=2, ensure_ascii=False) + "\n")
    return Program(name, (str(binary), "--config", str(path)), check)


def nats_config(data: Path, port: int) -> dict[str, object]:
    """Return the configuration. `sync_interval: always` is what lets SMTP answer 250 for "on disk"."""
    return {
        "server_name": "mayfly",
        "host": HOST,
        "port": port,
        "max_payload": MAX_PAYLOAD,
        "jetstream": {
            "store_dir": str(data),
            "sync_interval": "always",
            "max_memory_store": JETSTREAM_MEMORY,
            "max_file_store": JETSTREAM_FILE,
        },
    }
