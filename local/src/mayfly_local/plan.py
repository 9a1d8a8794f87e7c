"""Decides what a run starts, in order of dependency, after checking that everything can start.

`__main__` passes the result of `tiers` to the supervisor. Nothing has been started when a Refusal is raised here.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from mayfly_local import binaries, data_dir, health, ports, servers, services
from mayfly_local.binaries import MONGOD, NATS_SERVER
from mayfly_local.faults import Refusal
from mayfly_local.settings import SERVER_OF_ONES_OWN, Settings
from mayfly_local.supervisor import Tier

# After a kill -9 of the supervisor, its children may still be ending when the next run checks the ports.
LEFTOVERS_END_WITHIN = 3.0
SECRETS = {
    "MAYFLY_ADMIN_TOKEN": ("MAYFLY_ADMIN_TOKEN_FILE", "admin-token"),
    "MAYFLY_JWT_SECRET": ("MAYFLY_JWT_SECRET_FILE", "jwt-secret"),
}


def tiers(chosen: Settings) -> list[Tier]:
    """Return mongod and nats-server (unless external servers are configured), then the services. Raises Refusal."""
    own = {MONGOD: chosen.mongo_uri, NATS_SERVER: chosen.nats_url}
    found = binaries.find(*(binary for binary, address in own.items() if address is None))
    refuse_silent_servers(chosen)
    refuse_taken_ports(chosen)
    below: list[Tier] = []
    if MONGOD in found:
        below.append([servers.mongod(found[MONGOD], chosen.data_dir / "mongo", chosen.ports["MAYFLY_MONGO_PORT"])])
    if NATS_SERVER in found:
        below.append(
            [servers.nats_server(found[NATS_SERVER], chosen.data_dir / "nats", chosen.ports["MAYFLY_NATS_PORT"])]
        )
    if chosen.acks_first:
        below = [[replace(program, slice_us=services.SHORT_TURNS_US) for program in tier] for tier in below]
    return [*below, services.programs(chosen, _environment(chosen), ports.Ports())]


def _environment(chosen: Settings) -> Mapping[str, str]:
    return services.environment(
        chosen,
        mongo_uri=chosen.mongo_uri or servers.mongo_uri(chosen.ports["MAYFLY_MONGO_PORT"]),
        nats_url=chosen.nats_url or servers.nats_url(chosen.ports["MAYFLY_NATS_PORT"]),
        files=secret_files(chosen),
    )


def secret_files(chosen: Settings) -> Mapping[str, Path]:
    """Return the file of every secret by variable; creates the secrets that are not configured."""
    files = {}
    for given, (variable, name) in SECRETS.items():
        if given in chosen.environment:
            continue
        files[variable] = Path(chosen.environment.get(variable, chosen.data_dir / name)).absolute()
        data_dir.secret(files[variable])
    return files


def admin_token(chosen: Settings) -> str:
    """Return the gateway's admin token, from the environment or its file."""
    if given := chosen.environment.get("MAYFLY_ADMIN_TOKEN"):
        return given
    return data_dir.secret(secret_files(chosen)["MAYFLY_ADMIN_TOKEN_FILE"])


def refuse_silent_servers(chosen: Settings) -> None:
    """Raise one Refusal that names every external server that does not answer, by variable.

    Never by address, which may contain a password.
    """
    checks = {
        "MAYFLY_MONGO_URI": chosen.mongo_uri and health.mongo_primary(chosen.mongo_uri),
        "MAYFLY_NATS_URL": chosen.nats_url and health.nats_jetstream(chosen.nats_url),
    }
    if faults := [f"The server of {variable} is {fault[:200]}" for variable, fault in checks.items() if fault]:
        raise Refusal(*faults)


def refuse_taken_ports(chosen: Settings) -> None:
    """Raise one Refusal that names every port that is not available."""
    unclean = any((chosen.data_dir / "run").glob("*.pid"))
    deadline = time.monotonic() + (LEFTOVERS_END_WITHIN if unclean else 0)
    while faults := taken_ports(chosen):
        if time.monotonic() >= deadline:
            raise Refusal(*faults)
        time.sleep(0.05)


def without_taken_mailpit_ports(chosen: Settings, say: Callable[[str], None]) -> Settings:
    """Return the settings without those ports of the default space that are not available, after saying so.

    They have defaults that other mail catchers use, so a taken one is no reason not to start.
    """
    free: dict[str, int] = {}
    for name, port in chosen.mailpit_ports.items():
        used_by = next((other for other, used in chosen.ports.items() if used == port), None)
        reason = f"is {used_by}" if used_by else port and ports.why_not(chosen.bind, port)
        free[name] = 0 if reason else port
        if reason:
            say(f"Port {port} on {chosen.bind} {reason}: Mayfly runs without {name}. Set it to a free port, or to 0.")
    return replace(chosen, mailpit_ports=free)


def taken_ports(chosen: Settings) -> list[str]:
    """Return one line for each port that is not available."""
    hosts = {name: servers.HOST if name in SERVER_OF_ONES_OWN else chosen.bind for name in chosen.ports}
    return [
        f"Port {port} on {hosts[name]} {reason}: set {name} to a free port."
        for name, port in chosen.ports.items()
        if (reason := ports.why_not(hosts[name], port))
    ]
