"""The settings of the parser, read from the environment (`MAYFLY_...`). `app` hands them to each component."""

from typing import Annotated

from msgspec import Meta

from mayfly.service.addresses import resolver_faults
from mayfly.service.settings import ServiceSettings


class Settings(ServiceSettings, frozen=True, kw_only=True):
    children: Annotated[int, Meta(description="Parsing processes", ge=1, le=64)] = 2
    parse_seconds: Annotated[
        float, Meta(description="Time limit for one try to parse a mail, in seconds; there are two tries", gt=0, le=60)
    ] = 5.0
    parse_memory_mib: Annotated[
        int, Meta(description="Memory limit (address space) of one child process, in MiB", ge=256, le=8192)
    ] = 512
    authentication: Annotated[bool, Meta(description="Whether to check SPF, DKIM and DMARC")] = True
    dns_resolver: Annotated[
        str, Meta(description="DNS resolver for these checks, address[:port]; empty: the system's resolver")
    ] = ""
    verdict_seconds: Annotated[float, Meta(description="Time limit for checking one mail, in seconds", gt=0, le=60)] = (
        10.0
    )
    verdict_processes: Annotated[int, Meta(description="Processes that check SPF, DKIM and DMARC", ge=1, le=16)] = 1
    batch: Annotated[int, Meta(description="Mails fetched at once", ge=1, le=1000)] = 200
    concurrent_batches: Annotated[int, Meta(description="Batches handled at the same time", ge=1, le=8)] = 3
    dead_letters_per_minute: Annotated[
        int,
        Meta(description="More dead letters in a minute, over all parsers, stop parsing and turn readiness red", ge=1),
    ] = 200

    def contradictions(self) -> list[str]:
        return [*super().contradictions(), *resolver_faults(self.dns_resolver)]
