"""The settings of the parser, read from the environment (`MAYFLY_...`). `app` hands them to each component."""

from typing import Annotated

from msgspec import Meta

from mayfly.service.addresses import resolver_faults
from mayfly.service.settings import ServiceSettings

MIB = 1024 * 1024
_AT_REST_MIB = 96
_COPIES = 6
_LARGEST_MAIL_MIB = 26
_VERDICT_QUEUE_MIB = 64 + 16  # octets of signed mails; 10,000 envelopes take 9 MB (measured), 19 of the longest


class Settings(ServiceSettings, frozen=True, kw_only=True):
    children: Annotated[int, Meta(description="Parsing processes", ge=1, le=64)] = 2
    parse_seconds: Annotated[
        float,
        Meta(description="Processor time for one try to parse a mail, in seconds; there are two tries", gt=0, le=60),
    ] = 5.0
    parse_memory_mib: Annotated[
        int, Meta(description="Memory limit (address space) of one child process, in MiB", ge=256, le=8192)
    ] = 512
    authentication: Annotated[bool, Meta(description="Whether to check SPF, DKIM and DMARC")] = True
    dns_resolver: Annotated[
        str, Meta(description="DNS resolver for these checks, address[:port]; empty: the system's resolver")
    ] = ""
    verdict_seconds: Annotated[
        float,
        Meta(
            description="Time limit for one answer of a process that checks mails, in seconds; DNS may take 6 of it",
            gt=0,
            le=60,
        ),
    ] = 10.0
    verdict_processes: Annotated[int, Meta(description="Processes that check SPF, DKIM and DMARC", ge=1, le=16)] = 1
    verdict_nice: Annotated[
        int,
        Meta(
            description="How far these processes give way to the parser where processor time is short (nice)",
            ge=0,
            le=19,
        ),
    ] = 5
    verdict_idle_seconds: Annotated[
        float, Meta(description="These processes end after so many seconds without a mail to check", gt=0)
    ] = 300.0
    batch: Annotated[int, Meta(description="Mails fetched at once", ge=1, le=1000)] = 200
    batch_octets: Annotated[
        int,
        Meta(description="Octets of mail fetched at once, over all batches together", ge=2 * MIB, le=1024 * MIB),
    ] = 24 * MIB
    concurrent_batches: Annotated[int, Meta(description="Batches handled at the same time", ge=1, le=8)] = 3
    dead_letters_per_minute: Annotated[
        int,
        Meta(description="More dead letters in a minute, over all parsers, stop parsing and turn readiness red", ge=1),
    ] = 200

    def contradictions(self) -> list[str]:
        return [*super().contradictions(), *resolver_faults(self.dns_resolver)]

    @property
    def most_memory_mib(self) -> int:
        """The most memory that the parser and its children take, in MiB; what its pod has to have.

        An octet of mail in work is in memory up to six times: as delivered, decoded, in the frame for a child, parsed,
        packed and in the driver's write (measured: 4.5). Each lane may hold one mail of the largest size besides.
        """
        verdicts = self.verdict_processes if self.authentication else 0
        children = (self.children + verdicts) * self.parse_memory_mib
        in_work = _COPIES * (self.batch_octets // MIB + self.concurrent_batches * _LARGEST_MAIL_MIB)
        waiting = _VERDICT_QUEUE_MIB + verdicts * _LARGEST_MAIL_MIB if verdicts else 0
        return _AT_REST_MIB + children + in_work + waiting
