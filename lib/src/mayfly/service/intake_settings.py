"""Settings of the two services that take mail, smtp-ingest and api-gateway: how much of it is kept."""

from typing import Annotated

from msgspec import Meta

from mayfly.failures import PermanentFailure
from mayfly.service.plans import load_plans
from mayfly.service.settings import ServiceSettings


class IntakeSettings(ServiceSettings, frozen=True, kw_only=True):
    """Extended by both, so that they mean the same."""

    plans_file: Annotated[str, Meta(description="TOML file with the plans; empty: the presets")] = ""
    max_messages_per_inbox: Annotated[int, Meta(description="Most messages in an inbox (SMTP 452, API 429)", ge=1)] = (
        500
    )
    free_octets_floor: Annotated[
        int,
        Meta(
            description="Free octets of the store's disk, and of the room for waiting mail in the broker, below which "
            "mail for inboxes without an account waits (SMTP 451, API 503); at most an eighth of either. 0: never",
            ge=0,
        ),
    ] = 1024**3

    def contradictions(self) -> list[str]:
        faults = super().contradictions()
        try:
            load_plans(self.plans_file)
        except PermanentFailure as failure:
            faults.append(failure.reason)
        return faults
