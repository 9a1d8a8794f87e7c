"""What an operator can set; docs/operations.md lists it with all others."""

from typing import Annotated

from msgspec import Meta

from mayfly.service.settings import ServiceSettings

_DAY = 86_400


class Settings(ServiceSettings, frozen=True, kw_only=True):
    reap_seconds: Annotated[float, Meta(description="Pause between looks when nothing was due", ge=0.05, le=60)] = 0.5
    reap_lease_seconds: Annotated[
        float, Meta(description="How long claimed inboxes are left to the reaper that claimed them", ge=5, le=3600)
    ] = 60.0
    retention_seconds: Annotated[
        float, Meta(description="Time between looks for records and octets past their time", ge=1, le=7 * _DAY)
    ] = 3600.0
    orphans_seconds: Annotated[float, Meta(description="Time between full looks for orphans", ge=60, le=30 * _DAY)] = (
        float(_DAY)
    )
    delivery_log_days: Annotated[float, Meta(description="How long deliveries are kept", gt=0, le=365)] = 7.0
    receipt_days: Annotated[float, Meta(description="How long deletion receipts are kept", gt=0, le=3650)] = 30.0
    test_clock: Annotated[
        bool, Meta(description="A test installation: the operator can put its clock forward (docs/webhooks.md)")
    ] = False
