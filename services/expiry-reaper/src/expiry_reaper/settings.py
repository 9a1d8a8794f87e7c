"""Settings of expiry-reaper, read from the environment (`MAYFLY_...`)."""

from typing import Annotated

from msgspec import Meta

from mayfly.service.settings import ServiceSettings

_DAY = 86_400


class Settings(ServiceSettings, frozen=True, kw_only=True):
    reap_seconds: Annotated[
        float, Meta(description="Pause after a batch that was not full, in seconds", ge=0.05, le=60)
    ] = 0.5
    reap_lease_seconds: Annotated[
        float, Meta(description="How long a reaper has to process its leased inboxes, in seconds", ge=5, le=3600)
    ] = 60.0
    retention_seconds: Annotated[
        float,
        Meta(description="Interval of deleting records and octets past their retention, in seconds", ge=1, le=7 * _DAY),
    ] = 3600.0
    space_mail_seconds: Annotated[
        float, Meta(description="Interval of deleting messages that spaces keep no longer, in seconds", ge=0.1, le=3600)
    ] = 10.0
    orphans_seconds: Annotated[
        float, Meta(description="Interval of full checks for orphans, in seconds", ge=60, le=30 * _DAY)
    ] = float(_DAY)
    delivery_log_days: Annotated[
        float, Meta(description="How long webhook deliveries are kept, in days", gt=0, le=365)
    ] = 7.0
    receipt_days: Annotated[float, Meta(description="How long deletion receipts are kept, in days", gt=0, le=3650)] = (
        30.0
    )
    test_clock: Annotated[
        bool, Meta(description="Test clock: the operator can advance the time (docs/webhooks.md)")
    ] = False
