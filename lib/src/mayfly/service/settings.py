"""Reads settings from the environment once at start, into a frozen struct; reports all faults at once.

Field `http_port` is read from `MAYFLY_HTTP_PORT`, or from the file that `MAYFLY_HTTP_PORT_FILE` names (for secrets).
An empty variable counts as absent. Lists are comma-separated.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, TypeVar, get_origin, get_type_hints

import msgspec.structs
from msgspec import Meta

PREFIX = "MAYFLY_"
Port = Annotated[int, Meta(ge=0, le=65535)]


class SettingsError(Exception):
    """The settings are invalid; `faults` lists every reason."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


class ServiceSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Settings of every service. Each service extends this struct."""

    mongo_uri: Annotated[str, Meta(description="MongoDB connection string of a replica set")] = (
        "mongodb://127.0.0.1:27017/?directConnection=true"
    )
    mongo_database: Annotated[str, Meta(description="Database name", min_length=1, max_length=63)] = "mayfly"
    nats_url: Annotated[str, Meta(description="URLs of the NATS servers, comma-separated")] = "nats://127.0.0.1:4222"
    nats_replicas: Annotated[int, Meta(description="Replicas of each stream, used when it is created", ge=1, le=5)] = 1
    bind: Annotated[str, Meta(description="Address to listen on")] = "127.0.0.1"
    probe_port: Annotated[Port, Meta(description="Port of /livez, /readyz and /metrics; 0: no probe server")] = 0
    log_level: Annotated[
        str, Meta(description="DEBUG, INFO, WARNING or ERROR", pattern="^(DEBUG|INFO|WARNING|ERROR)$")
    ] = "INFO"
    grace_seconds: Annotated[
        float, Meta(description="Time to finish work in flight after SIGTERM, in seconds", ge=0, le=600)
    ] = 10.0

    otlp_endpoint: Annotated[
        str,
        Meta(description="OTLP/HTTP endpoint of traces, such as http://collector:4318/v1/traces; empty: none"),
    ] = ""
    trace_ratio: Annotated[float, Meta(description="Share of mails to trace, 0 to 1", ge=0, le=1)] = 1.0

    def contradictions(self) -> list[str]:
        """Faults that constraints of single fields cannot find, each naming its variable. Extended by the services."""
        return []


S = TypeVar("S", bound=ServiceSettings)


def load(settings: type[S], environ: Mapping[str, str]) -> S:
    """Read the settings of one service. Raises SettingsError with all faults, each naming its variable."""
    faults: list[str] = []
    values: dict[str, Any] = {}
    for name, hint in get_type_hints(settings, include_extras=True).items():
        variable = PREFIX + name.upper()
        try:
            text = _text(environ, variable)
            if text is not None:
                values[name] = msgspec.convert(_split_if_list(text, hint), hint, strict=False)
        except (msgspec.ValidationError, OSError, UnicodeDecodeError) as error:
            faults.append(f"{variable}: {error}")
    faults += [f"{PREFIX}{name.upper()}: no value" for name in _required(settings) - values.keys() if not faults]
    if not faults:
        loaded = settings(**values)
        faults = loaded.contradictions()
        if not faults:
            return loaded
    raise SettingsError(faults)


def _text(environ: Mapping[str, str], variable: str) -> str | None:
    if environ.get(variable):
        return environ[variable]
    path = environ.get(variable + "_FILE")
    return Path(path).read_text(encoding="utf-8").strip() if path else None


def _split_if_list(text: str, hint: Any) -> Any:
    bare = hint.__origin__ if hasattr(hint, "__metadata__") else hint
    if get_origin(bare) is tuple:
        return tuple(part.strip() for part in text.split(",") if part.strip())
    return text


def _required(settings: type[ServiceSettings]) -> set[str]:
    return {field.name for field in msgspec.structs.fields(settings) if field.required}
