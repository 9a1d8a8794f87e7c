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
    batch: Annotated[int, Meta(description="Mails fetched at once", ge=1, le=1000)] = 100
    lanes: Annotated[int, Meta(description="Batches handled at the same time", ge=1, le=8)] = 2
