"""SPF (RFC 7208), DKIM (RFC 6376) and DMARC (RFC 7489) verdicts of one mail, by blocking DNS lookups.

    verdict_child ── verdicts ─┬─ verdict_spf, verdict_dkim, verdict_dmarc
                               └─ resolver ── verdict_dns

Never in the parser's own process: the lookups block, and all of it reads untrusted input.
"""

import time
from collections.abc import Callable

from mayfly.records.message import Authentication
from message_parser.domain.addresses import read_mailboxes
from message_parser.domain.authentication import VerdictRequest, is_signed
from message_parser.workers import verdict_dkim, verdict_dmarc, verdict_spf
from message_parser.workers.resolver import Resolver
from message_parser.workers.verdict_dns import ascii_name


def authenticate(request: VerdictRequest, resolver: Resolver, now: Callable[[], float] = time.time) -> Authentication:
    """The three verdicts; all `none` where DNS is not known to work."""
    resolver.begin()
    spf, sender = verdict_spf.check(request.peer_address, request.reverse_path, request.helo, resolver)
    dkim, signers = _dkim(request, resolver, now())
    dmarc = verdict_dmarc.check(_domain(request.from_address), signers, (sender, spf), resolver)
    if resolver.is_unknown:
        return Authentication()
    return Authentication(spf=spf, dkim=dkim, dmarc=dmarc)


def _dkim(request: VerdictRequest, resolver: Resolver, now: float) -> tuple[str, list[tuple[str, str]]]:
    """The verdict, and the signatures that vouch for the author."""
    if not is_signed(request.octets):
        return "none", []
    verdict, signers, authors = verdict_dkim.check(request.octets, resolver, now)
    return verdict, signers if _is_author(request.from_address, authors) else []


def _is_author(address: str, fields: list[bytes]) -> bool:
    """Whether the From fields that signatures cover name this author: else none of them vouches for it."""
    return any(address == found for value in fields for _, found in read_mailboxes(b"".join(value.splitlines())))


def _domain(address: str) -> str:
    return ascii_name(address.rpartition("@")[2].strip("<> ")) if "@" in address else ""
