"""Settings of api-gateway, read from MAYFLY_* variables; docs/settings.md is generated from the descriptions."""

import re
from collections.abc import Callable
from ipaddress import ip_network
from typing import Annotated

from msgspec import Meta

from mayfly.failures import PermanentFailure
from mayfly.mail.address import normalise_domain
from mayfly.mail.reserved import reserved_faults
from mayfly.records.inbox import AnonymousAccess
from mayfly.service.addresses import resolver_faults
from mayfly.service.intake_settings import IntakeSettings
from mayfly.service.settings import Port
from mayfly.webhooks.destinations import parse_policy

MIB = 1024 * 1024
LARGEST_BODY = 26 * MIB
"""The largest mail, plus boundaries and part headers of a form; in octets."""
SHARES = 3
_PUBLIC_URL = re.compile(r"https?://[A-Za-z0-9._:\[\]-]+(/[A-Za-z0-9._~/-]*)?", re.ASCII)


class Settings(IntakeSettings, frozen=True, kw_only=True):
    http_port: Annotated[Port, Meta(description="Port of the HTTP API; several processes can share it")] = 8080
    domains: Annotated[tuple[str, ...], Meta(description="Public mail domains; the first one is the default")] = (
        "mayfly.test",
    )
    public_smtp_host: Annotated[
        str,
        Meta(
            description="Host at which applications reach SMTP, shown at `/` and with credentials of spaces; "
            "empty: none"
        ),
    ] = ""
    public_smtp_port: Annotated[
        Port,
        Meta(description="Port at which applications reach SMTP, shown at `/` and with credentials of spaces; 0: none"),
    ] = 0
    reserved_local_parts: Annotated[
        tuple[str, ...],
        Meta(
            description="Local parts that nobody can have on the public domains, beside the built-in ones "
            "(docs/operations.md); look-alikes are included"
        ),
    ] = ()
    jwt_secret: Annotated[
        str,
        Meta(description="Secret that signs session tokens, at least 32 octets. Empty: no registration and no login"),
    ] = ""
    admin_token: Annotated[
        str, Meta(description="Bearer token for /api/v1/admin. Empty: those routes respond with 401")
    ] = ""
    admin_port: Annotated[
        int,
        Meta(
            description="Port for /api/v1/admin alone, which is then 404 on MAYFLY_HTTP_PORT; 0: no port of its own",
            ge=0,
            le=65_535,
        ),
    ] = 0
    wrong_credentials_per_minute: Annotated[
        int,
        Meta(
            description="Wrong credentials that an IP address (IPv6: its /64) may send per minute to one process",
            ge=1,
        ),
    ] = 40
    sign_in_calls_per_minute: Annotated[
        int,
        Meta(
            description="Calls that an IP address (IPv6: its /64) may make per minute to the OpenID provider of one "
            "process (docs/identities.md)",
            ge=1,
        ),
    ] = 1_200
    public_url: Annotated[
        str,
        Meta(
            description="URL at which clients reach the API, such as https://mail.example.com: the issuer of the "
            "OpenID provider. Empty: http:// and the Host of each call"
        ),
    ] = ""
    web_dir: Annotated[
        str, Meta(description="Folder of the built web page, such as clients/web/dist (docs/web.md); empty: none")
    ] = ""
    grafana_url: Annotated[
        str,
        Meta(description="URL of Grafana, shown to the operator at /api/v1/admin/overview. Empty: none"),
    ] = ""
    anonymous_access: Annotated[
        AnonymousAccess,
        Meta(description="Access to inboxes without an owner: by address, by token, or off (none can be created)"),
    ] = "address"

    trusted_proxies: Annotated[
        tuple[str, ...], Meta(description="Networks of proxies whose X-Forwarded-For is trusted (docs/http.md)")
    ] = ()
    mail_octets: Annotated[int, Meta(description="Largest mail that the API accepts, in octets", ge=1024)] = 25 * MIB
    body_octets: Annotated[
        int,
        Meta(
            description="Octets of request bodies and large responses in memory at once; a caller may have a third",
            ge=SHARES * 32 * MIB,
        ),
    ] = SHARES * 32 * MIB
    dns_resolver: Annotated[
        str, Meta(description="DNS resolver (address[:port]) for verifying custom domains; empty: that of the machine")
    ] = ""
    domain_grace_days: Annotated[
        float,
        Meta(
            description="How long a custom domain takes mail after its TXT record has gone from DNS, in days",
            ge=0,
            le=365,
        ),
    ] = 7.0
    mail_hosts: Annotated[
        tuple[str, ...],
        Meta(description="Hosts of which the MX record of a custom domain must name one; empty: MAYFLY_DOMAINS"),
    ] = ()
    allowed_origins: Annotated[
        tuple[str, ...],
        Meta(
            description="Web origins from which browsers may call the API (CORS), `*` for any characters; empty: none"
        ),
    ] = ()
    mailpit_hosts: Annotated[
        tuple[str, ...],
        Meta(
            description="Host names that MAYFLY_MAILPIT_HTTP_PORT and the open default space answer to, `*` for any "
            "characters; beside them IP addresses, names without a dot, and names in zones that nobody can register "
            "(docs/dialects.md)"
        ),
    ] = ()
    open_default_space: Annotated[
        bool,
        Meta(
            description="Whether calls of the API without credentials may read and change the default space, from "
            "programs and from pages of the API's own origin; for loopback (docs/access.md)"
        ),
    ] = False
    mailpit_chaos: Annotated[
        bool, Meta(description="Whether clients of Mailpit's API may let SMTP fail by chance (/api/v1/chaos)")
    ] = False
    live_channels: Annotated[
        int, Meta(description="Event streams and waiting calls that can be open at once in a process", ge=1)
    ] = 10_000
    mailpit_sockets: Annotated[
        int,
        Meta(
            description="WebSockets of Mailpit's events that can be open at once in a process, a quarter of them by "
            "one account or IP address; each can make the process hold 64 MiB of a message that never ends",
            ge=1,
            le=10_000,
        ),
    ] = 32
    live_channels_per_key: Annotated[
        int, Meta(description="Of those, how many with the same API key (or session, inbox token, IP address)", ge=1)
    ] = 200
    live_stall_seconds: Annotated[
        int,
        Meta(
            description="Seconds after which a client that reads nothing, or stops sending a body, is given up",
            ge=1,
            le=600,
        ),
    ] = 30
    search_processes: Annotated[
        int, Meta(description="Processes that search mail for regular expressions of waiting calls", ge=1, le=16)
    ] = 1
    webhook_allow_cidrs: Annotated[
        tuple[str, ...], Meta(description="Private networks that webhooks may call (http and any port allowed there)")
    ] = ()
    test_clock: Annotated[
        bool, Meta(description="Test installation: the operator can advance its clock (docs/webhooks.md)")
    ] = False

    @property
    def has_default_space(self) -> bool:
        return super().has_default_space or self.open_default_space

    def contradictions(self) -> list[str]:
        faults = [*super().contradictions(), *resolver_faults(self.dns_resolver)]
        faults += reserved_faults(self.reserved_local_parts)
        if self.jwt_secret and len(self.jwt_secret.encode()) < 32:  # noqa: PLR2004 - RFC 7518 section 3.2: 256 bits
            faults.append("MAYFLY_JWT_SECRET: must have at least 32 octets")
        if self.admin_token and len(self.admin_token) < 16:  # noqa: PLR2004 - rejects tokens that could be guessed
            faults.append("MAYFLY_ADMIN_TOKEN: must have at least 16 characters")
        if self.admin_port and self.admin_port in {self.http_port, self.probe_port}:
            faults.append("MAYFLY_ADMIN_PORT: must differ from MAYFLY_HTTP_PORT and MAYFLY_PROBE_PORT")
        if self.mailpit_http_port and self.mailpit_http_port in {self.http_port, self.admin_port, self.probe_port}:
            faults.append(
                "MAYFLY_MAILPIT_HTTP_PORT: must differ from MAYFLY_HTTP_PORT, MAYFLY_ADMIN_PORT and MAYFLY_PROBE_PORT"
            )
        if not self.domains:
            faults.append("MAYFLY_DOMAINS: must name at least one domain")
        for name in self.domains:
            try:
                normalise_domain(name)
            except PermanentFailure as failure:
                faults.append(f"MAYFLY_DOMAINS: {name[:100]!r}: {failure.reason}")
        checks: tuple[tuple[str, Callable[[], object]], ...] = (
            ("WEBHOOK_ALLOW_CIDRS", lambda: parse_policy(self.webhook_allow_cidrs)),
            ("PUBLIC_URL", lambda: _check_public_url(self.public_url)),
            ("GRAFANA_URL", lambda: _check_public_url(self.grafana_url)),
            ("TRUSTED_PROXIES", lambda: [ip_network(network) for network in self.trusted_proxies]),
        )
        for name, check in checks:
            try:
                check()
            except (ValueError, OSError) as error:
                faults.append(f"MAYFLY_{name}: {error}")
        return faults


def _check_public_url(text: str) -> None:
    if text and not _PUBLIC_URL.fullmatch(text):
        raise ValueError("must be http:// or https://, a host, and at most a port and a path")
