"""Settings of smtp-ingest, read from the environment (`MAYFLY_...`).

"One IP" is an IPv4 address or an IPv6 /64 (`mayfly.mail.peers`). Limits per IP do not apply to peers in
`smtp_exempt_cidrs`. Rates and in-flight octets are counted per process.
"""

from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta

from mayfly.mail.peers import IpNetwork
from mayfly.service.intake_settings import IntakeSettings
from mayfly.service.settings import Port

MIB = 1024 * 1024


class Settings(IntakeSettings, frozen=True, kw_only=True):
    smtp_port: Annotated[Port, Meta(description="Port to receive mail on; several processes may share it")] = 2525
    smtp_hostname: Annotated[
        str, Meta(description="Host name in the greeting and in Received lines", pattern=r"^[A-Za-z0-9.-]{1,253}$")
    ] = "mayfly.test"
    smtp_tls_cert_file: Annotated[
        str, Meta(description="PEM certificate chain; STARTTLS is offered when it and the key are set")
    ] = ""
    smtp_tls_key_file: Annotated[str, Meta(description="PEM private key of the certificate")] = ""
    smtp_proxy_cidrs: Annotated[
        tuple[str, ...], Meta(description="Networks of load balancers, whose connections begin with a PROXY header")
    ] = ()
    smtp_exempt_cidrs: Annotated[
        tuple[str, ...], Meta(description="Networks of peers exempt from the limits per IP")
    ] = (
        "127.0.0.0/8",
        "::1/128",
    )

    smtp_message_octets: Annotated[int, Meta(description="Largest message, in octets (552)", ge=1024)] = 25 * MIB
    smtp_stray_octets: Annotated[
        Literal["keep", "refuse"],
        Meta(description="Whether to keep a lone CR, lone LF and NUL in a message, or reject it (554)"),
    ] = "keep"
    smtp_auth_accept_any: Annotated[
        bool,
        Meta(
            description="Whether to offer AUTH to every peer, also without TLS, and accept any user name that names no "
            "space, with any password. The name is stored with the mail and gives no rights; for applications that "
            "insist on logging in"
        ),
    ] = False
    smtp_auth_plaintext: Annotated[
        bool,
        Meta(
            description="Whether to offer AUTH without TLS to peers that are not on loopback. The password of a space "
            "then travels unencrypted; for networks that you trust, such as one of containers"
        ),
    ] = False
    smtp_wrong_logins_per_minute_per_ip: Annotated[
        int,
        Meta(
            description="Most wrong logins per minute from one IPv4 address or IPv6 /64; for exempt peers 50 times as "
            "many (454)",
            ge=1,
        ),
    ] = 20
    smtp_recipients: Annotated[int, Meta(description="Most accepted RCPT commands of one transaction (452)", ge=1)] = (
        100
    )
    smtp_rcpt_commands: Annotated[
        int, Meta(description="Most RCPT commands between two mails of one connection (421)", ge=1)
    ] = 1000
    smtp_transactions: Annotated[int, Meta(description="Most mails of one connection (421)", ge=1)] = 100_000
    smtp_errors: Annotated[int, Meta(description="Most 5yz replies on one connection (421)", ge=1)] = 50
    smtp_idle_commands: Annotated[int, Meta(description="Most commands between two mails (421)", ge=4)] = 100
    smtp_connections: Annotated[
        int, Meta(description="Most simultaneous connections (421); at the limit, peers with many give way", ge=1)
    ] = 1000
    smtp_connections_per_ip: Annotated[
        int, Meta(description="Most simultaneous connections from one IPv4 address or IPv6 /64 (421)", ge=1)
    ] = 100
    smtp_idle_seconds: Annotated[
        float, Meta(description="Timeout for a peer's next command, in seconds (421)", gt=0)
    ] = 60
    smtp_data_seconds: Annotated[float, Meta(description="Timeout for the whole of DATA, in seconds (421)", gt=0)] = 600
    smtp_data_rate: Annotated[
        int,
        Meta(
            description="Minimum octets per second in DATA, over each MAYFLY_SMTP_IDLE_SECONDS (421); 8192 over 10 s "
            "when memory is short (451)",
            ge=0,
        ),
    ] = 64
    smtp_mails_per_minute_per_ip: Annotated[
        int,
        Meta(
            description="Most transactions and unknown recipients per minute from one IPv4 address or IPv6 /64 (451)",
            ge=1,
        ),
    ] = 600
    smtp_mails_per_minute_per_inbox: Annotated[
        int, Meta(description="Most mails per minute to one inbox (451)", ge=1)
    ] = 1000
    smtp_mails_per_minute_per_space: Annotated[
        int, Meta(description="Most mails per minute to one space (451)", ge=1)
    ] = 10_000

    smtp_inflight_octets: Annotated[
        int,
        Meta(
            description="Most octets of messages in memory, which peers share; beyond it they wait, then get 451",
            ge=MIB,
        ),
    ] = 64 * MIB
    smtp_wait_seconds: Annotated[float, Meta(description="Timeout for free memory at DATA, in seconds (451)", ge=0)] = (
        10
    )
    smtp_ack_seconds: Annotated[
        float, Meta(description="Timeout for the broker's ack, in seconds (451)", gt=0, le=60)
    ] = 5
    smtp_lookup_seconds: Annotated[
        float, Meta(description="Timeout for the store at RCPT, in seconds (451)", gt=0, le=60)
    ] = 5
    smtp_fault_seed: Annotated[
        int,
        Meta(
            description="Seed of what fault plans leave to chance, so that a run repeats; 0: another one each time",
            ge=0,
        ),
    ] = 0
    smtp_cache_seconds: Annotated[
        float, Meta(description="How long a live inbox is cached, in seconds", ge=0, le=1)
    ] = 0.5

    def contradictions(self) -> list[str]:
        faults = [*super().contradictions(), *self._tls_faults()]
        for name in ("smtp_proxy_cidrs", "smtp_exempt_cidrs"):
            try:
                networks(getattr(self, name))
            except ValueError as error:
                faults.append(f"MAYFLY_{name.upper()}: {error}")
        if self.mailpit_smtp_port and self.mailpit_smtp_port == self.smtp_port:
            faults.append("MAYFLY_MAILPIT_SMTP_PORT: must differ from MAYFLY_SMTP_PORT")
        if self.smtp_inflight_octets < self.smtp_message_octets:
            faults.append("MAYFLY_SMTP_INFLIGHT_OCTETS: smaller than one message of MAYFLY_SMTP_MESSAGE_OCTETS")
        return faults

    def _tls_faults(self) -> list[str]:
        files = {
            "MAYFLY_SMTP_TLS_CERT_FILE": self.smtp_tls_cert_file,
            "MAYFLY_SMTP_TLS_KEY_FILE": self.smtp_tls_key_file,
        }
        if not any(files.values()):
            return []
        return [f"{name}: no such file" for name, file in files.items() if not Path(file).is_file()]


def networks(cidrs: tuple[str, ...]) -> tuple[IpNetwork, ...]:
    """Parse CIDRs. Raises ValueError."""
    return tuple(ip_network(cidr) for cidr in cidrs)
