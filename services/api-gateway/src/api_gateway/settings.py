"""Everything an operator can set for api-gateway."""

from collections.abc import Callable
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated

from msgspec import Meta

from mayfly.failures import PermanentFailure
from mayfly.mail.address import normalise_domain
from mayfly.records.inbox import AnonymousAccess
from mayfly.service.addresses import resolver_faults
from mayfly.service.settings import Port, ServiceSettings
from mayfly.webhooks.destinations import parse_policy

MIB = 1024 * 1024


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

    plans_file: Annotated[str, Meta(description="TOML file of plans; empty: the presets")] = ""
    trusted_proxies: Annotated[tuple[str, ...], Meta(description="Networks whose X-Forwarded-For is believed")] = ()
    mail_octets: Annotated[int, Meta(description="Largest mail that can be injected, in octets", ge=1024)] = 25 * MIB
    dns_resolver: Annotated[
        str, Meta(description="address[:port] to verify custom domains with; empty: the machine's own")
    ] = ""
    mail_hosts: Annotated[
        tuple[str, ...], Meta(description="Where the MX record of a custom domain has to point; empty: MAYFLY_DOMAINS")
    ] = ()
    allowed_origins: Annotated[
        tuple[str, ...], Meta(description="Web origins that browsers may call from (CORS); empty: none")
    ] = ()
    live_channels: Annotated[int, Meta(description="Event streams and waiting calls open at once", ge=1)] = 10_000
    live_channels_per_key: Annotated[
        int, Meta(description="Of those, with the same key (or session, inbox token, IP address)", ge=1)
    ] = 200
    live_stall_seconds: Annotated[
        int, Meta(description="A reader that takes nothing for so long is cut off", ge=1, le=600)
    ] = 30
    webhook_allow_cidrs: Annotated[
        tuple[str, ...], Meta(description="Networks that webhooks may reach besides the public internet")
    ] = ()
    test_clock: Annotated[
        bool, Meta(description="A test installation: the operator can put its clock forward (docs/webhooks.md)")
    ] = False

    def contradictions(self) -> list[str]:
        faults = [*super().contradictions(), *resolver_faults(self.dns_resolver)]
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
        checks: tuple[tuple[str, Callable[[], object]], ...] = (
            ("WEBHOOK_ALLOW_CIDRS", lambda: parse_policy(self.webhook_allow_cidrs)),
            ("TRUSTED_PROXIES", lambda: [ip_network(network) for network in self.trusted_proxies]),
            ("PLANS_FILE", lambda: Path(self.plans_file).read_bytes() if self.plans_file else None),
        )
        for name, check in checks:
            try:
                check()
            except (ValueError, OSError) as error:
                faults.append(f"MAYFLY_{name}: {error}")
        return faults
