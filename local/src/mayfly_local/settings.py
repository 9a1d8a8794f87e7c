"""The settings of `make run`, read from the environment once; reports all faults at once.

`__main__` calls `read`. Other variables are passed to the services, which check them.
"""

import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from mayfly_local.faults import Refusal

T = TypeVar("T")

LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
DOMAIN = re.compile(rf"{LABEL}(\.{LABEL})*", re.IGNORECASE)
MOST_WORKERS = 64
EXCLUSIVE = (("MAYFLY_ADMIN_TOKEN", "MAYFLY_ADMIN_TOKEN_FILE"), ("MAYFLY_JWT_SECRET", "MAYFLY_JWT_SECRET_FILE"))
WORKERS = (
    "MAYFLY_WORKERS_SMTP",
    "MAYFLY_WORKERS_PARSER",
    "MAYFLY_WORKERS_GATEWAY",
    "MAYFLY_WORKERS_DISPATCHER",
    "MAYFLY_WORKERS_REAPER",
)
PORTS = {"MAYFLY_HTTP_PORT": 8080, "MAYFLY_SMTP_PORT": 2525, "MAYFLY_NATS_PORT": 4222, "MAYFLY_MONGO_PORT": 27017}
MAILPIT_PORTS = {"MAYFLY_MAILPIT_HTTP_PORT": 8025, "MAYFLY_MAILPIT_SMTP_PORT": 1025}
BUILT_PAGE = Path(__file__).parents[3] / "clients" / "web" / "dist"
"""Where `make web` puts the web page: this package is installed from the repository."""
_INDEX = "index.html"
SERVER_OF_ONES_OWN = {"MAYFLY_NATS_PORT": "MAYFLY_NATS_URL", "MAYFLY_MONGO_PORT": "MAYFLY_MONGO_URI"}


@dataclass(frozen=True)
class Settings:
    """Settings of one run."""

    data_dir: Path
    """Absolute; holds data, logs, pid files and keys."""
    bind: str
    """IP address that HTTP and SMTP listen on."""
    ports: Mapping[str, int]
    """Variable name (`MAYFLY_HTTP_PORT`, ...) to port, for those this run listens on."""
    mailpit_ports: Mapping[str, int]
    """The same for the ports of the default space, which ask for no credentials; 0: off, as on all but loopback."""
    workers: Mapping[str, int]
    """Variable name (`MAYFLY_WORKERS_SMTP`, ...) to number of processes."""
    domains: tuple[str, ...]
    web_dir: Path | None
    """The built web page; None: there is none."""
    acks_first: bool
    """Whether taking mail comes before parsing it, and that before the rest, where processor time is short."""
    mongo_uri: str | None
    """An external MongoDB; None: start one."""
    nats_url: str | None
    """An external NATS; None: start one."""
    environment: Mapping[str, str]
    """The environment that the services inherit, without empty MAYFLY_* variables."""

    @property
    def peer_host(self) -> str:
        """The address at which this machine reaches servers that listen on `bind`."""
        address = ipaddress.ip_address(self.bind)
        if not address.is_unspecified:
            return self.bind
        return "127.0.0.1" if address.version == 4 else "::1"  # noqa: PLR2004

    @property
    def http_url(self) -> str:
        return self.url(self.ports["MAYFLY_HTTP_PORT"])

    def url(self, port: int) -> str:
        """Return the URL at which this machine reaches an HTTP server on `bind`."""
        host = f"[{self.peer_host}]" if ":" in self.peer_host else self.peer_host
        return f"http://{host}:{port}"


class _Reader:
    """Reads single variables and collects the faults."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = environment
        self.faults: list[str] = []

    def take(self, name: str, default: T, parse: Callable[[str], T]) -> T:
        text = self.environment.get(name)
        if text is None:
            return default
        try:
            return parse(text.strip())
        except ValueError as error:
            self.faults.append(f"{name}={text}: {error}")
            return default


def read(environment: Mapping[str, str]) -> Settings:
    """Return the settings. Raises one Refusal that lists all faults."""
    given = {name: value for name, value in environment.items() if value.strip() or not name.startswith("MAYFLY_")}
    reader = _Reader(given)
    bind = reader.take("MAYFLY_BIND", "127.0.0.1", _ip_address)
    ports = {name: reader.take(name, default, _port) for name, default in _own_ports(given).items()}
    mailpit_ports = {
        name: reader.take(name, default if _is_loopback(bind) else 0, _port_or_none)
        for name, default in MAILPIT_PORTS.items()
    }
    settings = Settings(
        data_dir=reader.take("MAYFLY_DATA_DIR", Path(".mayfly"), Path).absolute(),
        bind=bind,
        ports=ports,
        mailpit_ports=mailpit_ports,
        workers={name: reader.take(name, 1, _workers) for name in WORKERS},
        domains=reader.take("MAYFLY_DOMAINS", ("mayfly.test",), _domains),
        web_dir=reader.take("MAYFLY_WEB_DIR", BUILT_PAGE if (BUILT_PAGE / _INDEX).is_file() else None, _page),
        acks_first=reader.take("MAYFLY_ACKS_FIRST", True, _truth),
        mongo_uri=given.get("MAYFLY_MONGO_URI"),
        nats_url=given.get("MAYFLY_NATS_URL"),
        environment=given,
    )
    reader.take("MAYFLY_WEBHOOK_ALLOW_CIDRS", "", _networks)
    faults = [*reader.faults, *_contradictions(given), *_shared_ports(settings, given)]
    if faults:
        raise Refusal(*faults)
    return settings


def _own_ports(given: Mapping[str, str]) -> dict[str, int]:
    return {name: default for name, default in PORTS.items() if SERVER_OF_ONES_OWN.get(name) not in given}


def _contradictions(given: Mapping[str, str]) -> list[str]:
    return [f"{one} and {other} are both set: keep one" for one, other in EXCLUSIVE if one in given and other in given]


def _shared_ports(settings: Settings, given: Mapping[str, str]) -> list[str]:
    asked = {name: port for name, port in settings.mailpit_ports.items() if port and name in given}
    names: dict[int, list[str]] = {}
    for name, port in {**settings.ports, **asked}.items():
        names.setdefault(port, []).append(name)
    return [f"{' and '.join(users)} are both {port}" for port, users in names.items() if len(users) > 1]


def _whole_number(text: str, least: int, most: int) -> int:
    if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
        raise ValueError(f"must be a whole number from {least} to {most}")
    return int(text)


def _port(text: str) -> int:
    return _whole_number(text, 1, 65535)


def _port_or_none(text: str) -> int:
    return _whole_number(text, 0, 65535)


def _is_loopback(bind: str) -> bool:
    return ipaddress.ip_address(bind).is_loopback


def _workers(text: str) -> int:
    return _whole_number(text, 1, MOST_WORKERS)


def _page(text: str) -> Path:
    folder = Path(text).absolute()
    if not (folder / _INDEX).is_file():
        raise ValueError(f"has no {_INDEX} (`make web` builds the page into clients/web/dist)")
    return folder


def _truth(text: str) -> bool:
    if text.lower() not in {"true", "false"}:
        raise ValueError("must be true or false")
    return text.lower() == "true"


def _ip_address(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        raise ValueError("must be an IP address, such as 127.0.0.1 or 0.0.0.0") from None


def _items(text: str) -> tuple[str, ...]:
    return tuple(item.strip() for item in text.split(",") if item.strip())


def _domains(text: str) -> tuple[str, ...]:
    domains = _items(text)
    if not domains or not all(DOMAIN.fullmatch(domain) for domain in domains):
        raise ValueError("must be a comma list of domain names, such as mayfly.test")
    return domains


def _networks(text: str) -> str:
    try:
        for item in _items(text):
            ipaddress.ip_network(item)
    except ValueError as error:
        raise ValueError(f"must be a comma list of networks, such as 127.0.0.0/8 ({error})") from None
    return text
