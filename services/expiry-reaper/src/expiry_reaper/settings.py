"""What an operator can set; docs/operations.md lists it with all others."""

from typing import Annotated

from msgspec import Meta

from mayfly.service.settings import ServiceSettings


class Settings(ServiceSettings, frozen=True, kw_only=True):
    reap_seconds: Annotated[float, Meta(description="Pause between looks when nothing was due", ge=0.05, le=60)] = 0.5
    reap_lease_seconds: Annotated[
        float, Meta(description="How long claimed inboxes are left to the reaper that claimed them", ge=5, le=3600)
    ] = 60.0
    leftovers_seconds: Annotated[
        float, Meta(description="Time between looks for octets that nobody claimed", ge=1, le=7 * 86400)
    ] = 3600.0
