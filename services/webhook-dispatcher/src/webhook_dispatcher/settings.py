"""What an operator can set; docs/operations.md lists it with all others."""

from typing import Annotated

from msgspec import Meta

from mayfly.service.settings import ServiceSettings
from mayfly.webhooks.destinations import parse_policy


class Settings(ServiceSettings, frozen=True, kw_only=True):
    webhook_allow_cidrs: Annotated[
        tuple[str, ...],
        Meta(description="Networks webhooks may reach besides public ones; http and any port go there"),
    ] = ()
    webhook_ca_file: Annotated[str, Meta(description="PEM file of further certificate authorities; empty = none")] = ""

    def contradictions(self) -> list[str]:
        try:
            parse_policy(self.webhook_allow_cidrs)
        except ValueError as error:
            return [f"MAYFLY_WEBHOOK_ALLOW_CIDRS: {error}"]
        return []
