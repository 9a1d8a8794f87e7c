"""Everything an operator can set for api-gateway."""

from typing import Annotated, Literal

from msgspec import Meta

from mayfly.failures import PermanentFailure
from mayfly.mail.address import normalise_domain
from mayfly.service.settings import Port, ServiceSettings
from mayfly.webhooks.destinations import parse_policy

AnonymousAccess = Literal["address", "token", "off"]


class Settings(ServiceSettings, frozen=True, kw_only=True):
    http_port: Annotated[Port, Meta(description="Port of the API; several processes may share it")] = 8080
    domains: Annotated[tuple[str, ...], Meta(description="Public mail domains, the first is the default")] = (
        "mayfly.test",
    )
    jwt_secret: Annotated[
        str, Meta(description="Signs sessions; 32 octets or more. Empty: registering and logging in are switched off")
    ] = ""
    admin_token: Annotated[str, Meta(description="Bearer token of /api/v1/admin. Empty: those calls answer 401")] = ""
    anonymous_access: Annotated[
        AnonymousAccess, Meta(description="Inboxes without an owner: by their address, by their token, or not at all")
    ] = "address"

    webhook_allow_cidrs: Annotated[
        tuple[str, ...], Meta(description="Networks that webhooks may reach besides the public internet")
    ] = ()

    def contradictions(self) -> list[str]:
        faults = list(super().contradictions())
        if self.jwt_secret and len(self.jwt_secret.encode()) < 32:  # noqa: PLR2004 - RFC 7518 section 3.2: 256 bits
            faults.append("MAYFLY_JWT_SECRET: needs 32 octets or more")
        if self.admin_token and len(self.admin_token) < 16:  # noqa: PLR2004 - what a person could guess is refused
            faults.append("MAYFLY_ADMIN_TOKEN: needs 16 characters or more")
        if not self.domains:
            faults.append("MAYFLY_DOMAINS: names no domain")
        for name in self.domains:
            try:
                normalise_domain(name)
            except PermanentFailure as failure:
                faults.append(f"MAYFLY_DOMAINS: {name[:100]!r}: {failure.reason}")
        try:
            parse_policy(self.webhook_allow_cidrs)
        except ValueError as error:
            faults.append(f"MAYFLY_WEBHOOK_ALLOW_CIDRS: {error}")
        return faults
