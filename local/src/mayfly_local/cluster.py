"""`python -m mayfly_local.cluster`: runs a cluster of Mayfly on one machine. Called by `make cluster`.

Three nats-servers in a cluster (streams in three copies), three mongods in one replica set, and two of each service.
The same supervisor, settings and services as `make run`. The servers use three consecutive ports each, and NATS three
more for its routes. For trying things out, not for speed: it is one machine. `make chaos` starts the same servers
behind doors of its own.
"""

import os
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from threading import Event

from pymongo.errors import OperationFailure, PyMongoError

from mayfly_local import __main__ as single
from mayfly_local import binaries, data_dir, health, plan, ports, servers, services, settings
from mayfly_local.binaries import MONGOD, NATS_SERVER
from mayfly_local.faults import Fault, Refusal
from mayfly_local.processes import Program
from mayfly_local.settings import Settings
from mayfly_local.supervisor import Tier

SIZE = 3
COPIES_OF_EACH = 2
ROUTES_FROM = 100  # added to a server's client port to get its route port
DEFAULTS = {
    "MAYFLY_DATA_DIR": ".mayfly-cluster",
    "MAYFLY_NATS_REPLICAS": str(SIZE),
    **dict.fromkeys(settings.WORKERS, str(COPIES_OF_EACH)),
}


def main() -> int:
    """Run until a signal to stop; return the exit code."""
    stopping = Event()
    single.listen_for_signals(stopping)
    try:
        chosen = settings.read({**DEFAULTS, **os.environ})
        with data_dir.locked(chosen.data_dir):
            single.run(chosen, stopping, tiers)
    except Fault as fault:
        print(*fault.lines, sep="\n", file=sys.stderr, flush=True)
        return fault.exit_code
    return 0


def tiers(chosen: Settings) -> list[Tier]:
    """Return the three mongods, the three nats-servers and two of each service. Raises Refusal."""
    if chosen.mongo_uri or chosen.nats_url:
        raise Refusal("A cluster starts its own servers: unset MAYFLY_MONGO_URI and MAYFLY_NATS_URL.")
    found = binaries.find(MONGOD, NATS_SERVER)
    plan.refuse_taken_ports(chosen)
    _refuse_taken(chosen)
    mongo, nats = _numbered(chosen, "MAYFLY_MONGO_PORT"), _numbered(chosen, "MAYFLY_NATS_PORT")
    environment = services.environment(
        chosen,
        mongo_uri=mongo_uri(mongo),
        nats_url=",".join(servers.nats_url(port) for port in nats),
        files=plan.secret_files(chosen),
    )
    return [
        [mongod(found[MONGOD], chosen.data_dir, mongo, number) for number in range(SIZE)],
        [nats_server(found[NATS_SERVER], chosen.data_dir, nats, number) for number in range(SIZE)],
        services.programs(chosen, environment, ports.Ports()),
    ]


def mongo_uri(members: Sequence[int]) -> str:
    return f"mongodb://{','.join(f'{servers.HOST}:{port}' for port in members)}/?replicaSet=rs0"


def mongod(
    binary: Path, folder: Path, members: Sequence[int], number: int, *, doors: Sequence[int] = (), **settings: int
) -> Program:
    """Return one member; the first one's check initiates the replica set.

    `doors`: ports at which services and members reach the members, if not at their own. `settings`: of the replica set.
    """
    name = f"mongod-{number + 1}"
    argv = servers.mongod_argv(binary, folder / name, members[number], servers.SMALL_CACHE_GB)
    return Program(name, argv, partial(member_fault, members[number], number, doors or members, settings))


def member_fault(port: int, number: int, doors: Sequence[int], settings: Mapping[str, int]) -> str | None:
    """Ready when the member is primary or secondary; the first member initiates the set."""
    if fault := health.listening(servers.HOST, port):
        return fault
    try:
        with health.mongo_client(servers.mongo_uri(port)) as client:
            state = client.admin.command("hello")
            if state.get("isWritablePrimary") or (state.get("secondary") and state.get("primary")):
                return None
            if number == 0 and not state.get("setName"):
                hosts = [{"_id": i, "host": f"{servers.HOST}:{door}"} for i, door in enumerate(doors)]
                client.admin.command("replSetInitiate", {"_id": "rs0", "members": hosts, "settings": settings})
    except OperationFailure as error:
        return f"the replica set cannot be initiated yet ({error.code})"
    except PyMongoError as error:
        return f"not answering ({error})"
    return "neither primary nor secondary yet"


def nats_server(
    binary: Path,
    folder: Path,
    members: Sequence[int],
    number: int,
    *,
    doors: Sequence[int] = (),
    routes: Sequence[int] = (),
) -> Program:
    """Return one server of the cluster `mayfly`.

    `doors` and `routes`: ports at which clients and the other servers reach the servers, if not at their own.
    """
    name = f"nats-{number + 1}"
    entries = routes or [port + ROUTES_FROM for port in members]
    config: dict[str, object] = {
        **servers.nats_config(folder / name, members[number]),
        "server_name": name,
        "client_advertise": f"{servers.HOST}:{(doors or members)[number]}",
    }
    if len(members) > 1:
        config["cluster"] = {
            "name": "mayfly",
            "host": servers.HOST,
            "port": members[number] + ROUTES_FROM,
            "cluster_advertise": f"{servers.HOST}:{entries[number]}",
            "routes": [f"nats://{servers.HOST}:{port}" for port in entries],
        }
    check = partial(health.nats_jetstream, servers.nats_url(members[number]))
    return servers.nats_program(name, binary, folder / name, config, check)


def _numbered(chosen: Settings, variable: str) -> list[int]:
    return [chosen.ports[variable] + number for number in range(SIZE)]


def _refuse_taken(chosen: Settings) -> None:
    nats = _numbered(chosen, "MAYFLY_NATS_PORT")
    wanted = [*_numbered(chosen, "MAYFLY_MONGO_PORT"), *nats, *(port + ROUTES_FROM for port in nats)]
    if faults := [f"Port {port} {reason}." for port in wanted if (reason := ports.why_not(servers.HOST, port))]:
        raise Refusal(*faults, "Set MAYFLY_MONGO_PORT or MAYFLY_NATS_PORT to the first of three free ports in a row.")


if __name__ == "__main__":
    sys.exit(main())
