"""What the operator may set of the parser."""

from typing import Annotated

from msgspec import Meta

from mayfly.service.settings import ServiceSettings


class Settings(ServiceSettings, frozen=True, kw_only=True):
    children: Annotated[int, Meta(description="Parsing processes", ge=1, le=64)] = 2
    parse_seconds: Annotated[
        float, Meta(description="Longest time of one try to parse a mail; there are two tries", gt=0, le=60)
    ] = 5.0
    parse_memory_mib: Annotated[int, Meta(description="Address space of one parsing process, MiB", ge=256, le=8192)] = (
        512
    )
    authentication: Annotated[bool, Meta(description="Whether SPF, DKIM and DMARC verdicts are worked out")] = True
    dns_resolver: Annotated[
        str,
        Meta(
            description="address[:port] to look their records up with; empty: the machine's own",
            pattern=r"^(\d{1,3}(\.\d{1,3}){3}(:\d{1,5})?)?$",
        ),
    ] = ""
    verdict_seconds: Annotated[float, Meta(description="Longest time for the verdicts of one mail", gt=0, le=60)] = 10.0
    verdict_processes: Annotated[int, Meta(description="Processes that work out verdicts", ge=1, le=16)] = 1
    batch: Annotated[int, Meta(description="Mails fetched at once", ge=1, le=1000)] = 200
    lanes: Annotated[int, Meta(description="Batches handled at the same time", ge=1, le=8)] = 3
    dead_letters_per_minute: Annotated[
        int, Meta(description="Past this many the parser stops consuming and is not ready any more", ge=1)
    ] = 200
