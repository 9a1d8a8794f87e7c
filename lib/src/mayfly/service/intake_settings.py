"""Settings of the two services that take mail, smtp-ingest and api-gateway: how much is kept, and the default space."""

from typing import Annotated

from msgspec import Meta

from mayfly.failures import PermanentFailure
from mayfly.service.plans import load_plans
from mayfly.service.settings import Port, ServiceSettings


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

    mailpit_smtp_port: Annotated[
        Port,
        Meta(
            description="Port at which the default space takes mail for any address, for programs that expect Mailpit "
            "or MailHog; whoever reaches it can send. 0: off"
        ),
    ] = 0
    mailpit_http_port: Annotated[
        Port,
        Meta(
            description="Port of Mailpit's and MailHog's API for the default space, without credentials; whoever "
            "reaches it can read and delete. 0: off"
        ),
    ] = 0

    @property
    def has_default_space(self) -> bool:
        """Whether the operator wants a space that takes every address."""
        return bool(self.mailpit_smtp_port or self.mailpit_http_port)

    def contradictions(self) -> list[str]:
        faults = super().contradictions()
        try:
            load_plans(self.plans_file)
        except PermanentFailure as failure:
            faults.append(failure.reason)
        return faults
