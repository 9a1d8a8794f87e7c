"""Settings of smtp-ingest, each from `MAYFLY_<NAME>` (mayfly.service.settings)."""

from typing import Annotated

from msgspec import Meta

from mayfly.service.settings import Port, ServiceSettings

MIB = 1024 * 1024


class Settings(ServiceSettings, frozen=True, kw_only=True):
    smtp_port: Annotated[Port, Meta(description="Port to receive mail on; shared by several processes")] = 2525
    smtp_hostname: Annotated[
        str, Meta(description="Name in the greeting and in Received", pattern=r"^[A-Za-z0-9.-]{1,253}$")
    ] = "mayfly.test"
    smtp_message_octets: Annotated[int, Meta(description="Largest message, in octets (552)", ge=1024)] = 25 * MIB
    smtp_line_octets: Annotated[int, Meta(description="Longest line of a message, in octets (500)", ge=1000)] = 65_536
    smtp_recipients: Annotated[int, Meta(description="Recipients of one transaction (452)", ge=1)] = 100
