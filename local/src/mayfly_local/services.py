"""The five services as a table, and the programs that follow from it and the settings.

`plan` passes the result of `programs` to the supervisor, as the tier above the servers.
"""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from ipaddress import ip_address
from pathlib import Path

from mayfly_local import health
from mayfly_local.health import Check
from mayfly_local.ports import Ports
from mayfly_local.processes import Program
from mayfly_local.settings import Settings

# On two busy cores smtp-ingest acknowledged 723 and 749 mails/s without, 1,073 with them (measured).
SHORT_TURNS_US = 100


def _gateway_ready(settings: Settings) -> Check:
    return partial(health.http_ok, f"{settings.http_url}/ready")


def _smtp_ready(settings: Settings) -> Check:
    return partial(health.smtp_greets, settings.peer_host, settings.ports["MAYFLY_SMTP_PORT"])


@dataclass(frozen=True)
class Service:
    """One row: name of pid and log files, module, variable of the number of processes, check of its public port.

    `nice`: how far it gives way where processor time is short. Whoever sends mail waits for smtp-ingest and the
    servers, and the broker keeps what they have acknowledged: parsing can come later, and everything else after it.
    """

    name: str
    module: str
    workers: str
    nice: int
    front: Callable[[Settings], Check] | None = None


SERVICES = (
    Service("smtp-ingest", "smtp_ingest", "MAYFLY_WORKERS_SMTP", 0, _smtp_ready),
    Service("parser", "message_parser", "MAYFLY_WORKERS_PARSER", 5),
    Service("api-gateway", "api_gateway", "MAYFLY_WORKERS_GATEWAY", 0, _gateway_ready),
    Service("webhook-dispatcher", "webhook_dispatcher", "MAYFLY_WORKERS_DISPATCHER", 5),
    Service("expiry-reaper", "expiry_reaper", "MAYFLY_WORKERS_REAPER", 10),
)


def programs(settings: Settings, environment: Mapping[str, str], ports: Ports) -> tuple[Program, ...]:
    """Return one program per worker of each service and write their probe ports to `run/probes.json`."""
    table = [(service, name) for service in SERVICES for name in worker_names(service, settings)]
    probes = {name: ports.take() for _, name in table}
    path = settings.data_dir / "run" / "probes.json"
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.write_text(json.dumps(probes, indent=2) + "\n")
    return tuple(_program(service, name, probes[name], settings, environment) for service, name in table)


def worker_names(service: Service, settings: Settings) -> Iterator[str]:
    """Yield `parser`, `parser-2`, `parser-3`, ... for as many as the settings ask for."""
    yield service.name
    yield from (f"{service.name}-{number}" for number in range(2, settings.workers[service.workers] + 1))


def _program(service: Service, name: str, probe: int, settings: Settings, environment: Mapping[str, str]) -> Program:
    ready: Check = partial(health.http_ok, f"{settings.url(probe)}/readyz")
    if service.front:
        ready = health.all_of(ready, service.front(settings))
    argv = (sys.executable, "-m", service.module)
    program = Program(name, argv, ready, {**environment, "MAYFLY_PROBE_PORT": str(probe)})
    if not settings.acks_first:
        return program
    return replace(program, nice=service.nice, slice_us=0 if service.nice else SHORT_TURNS_US)


def environment(settings: Settings, mongo_uri: str, nats_url: str, files: Mapping[str, Path]) -> dict[str, str]:
    """Return the environment of all services: the user's variables, completed by those of this run.

    Applications under test often insist on logging in, so on loopback SMTP takes any credentials. Where nobody else can
    reach the default space's ports, the API shows it without credentials too.
    """
    is_loopback = ip_address(settings.bind).is_loopback
    return {
        "MAYFLY_SMTP_AUTH_ACCEPT_ANY": str(is_loopback).lower(),
        "MAYFLY_OPEN_DEFAULT_SPACE": str(is_loopback and any(settings.mailpit_ports.values())).lower(),
        "MAYFLY_PUBLIC_SMTP_HOST": settings.peer_host,
        "MAYFLY_PUBLIC_SMTP_PORT": str(settings.ports["MAYFLY_SMTP_PORT"]),
        **settings.environment,
        **{name: str(path) for name, path in files.items()},
        **{name: str(port) for name, port in {**settings.ports, **settings.mailpit_ports}.items()},
        "MAYFLY_MONGO_URI": mongo_uri,
        "MAYFLY_MONGO_DATABASE": settings.environment.get("MAYFLY_MONGO_DATABASE", "mayfly"),
        "MAYFLY_NATS_URL": nats_url,
        "MAYFLY_BIND": settings.bind,
        "MAYFLY_DATA_DIR": str(settings.data_dir),
        "MAYFLY_DOMAINS": ",".join(settings.domains),
        "MAYFLY_WEB_DIR": str(settings.web_dir or ""),
        "MAYFLY_ANONYMOUS_ACCESS": settings.environment.get("MAYFLY_ANONYMOUS_ACCESS", "address"),
        "PYTHONUNBUFFERED": "1",
    }
