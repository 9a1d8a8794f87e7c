"""SPF (RFC 7208), DKIM (RFC 6376) and DMARC (RFC 7489) verdicts of one mail, by blocking DNS lookups.

Called by `verdict_child`, never in the parser's own process: the libraries block, and they read untrusted input.
"""

import dkim
import dns.exception
import spf
from authheaders import dmarc_lookup

from mayfly.records.message import Authentication
from message_parser.domain.addresses import read_mailboxes
from message_parser.domain.authentication import VerdictRequest
from message_parser.workers.resolver import LOOKUP_SECONDS, Resolver

_SPF_SECONDS = 6
_MAX_SIGNATURES = 4
_MIN_KEY_BITS = 1024  # RFC 8301 section 3.2


def authenticate(request: VerdictRequest, resolver: Resolver) -> Authentication:
    """The three verdicts; all `none` when not one lookup was answered."""
    resolver.answered = resolver.failed = 0
    spf_verdict = _spf(request)
    dkim_verdict, domains = _dkim(request)
    dmarc_verdict = _dmarc(request, domains, spf_verdict)
    if resolver.failed and not resolver.answered:
        return Authentication()
    return Authentication(spf=spf_verdict, dkim=dkim_verdict, dmarc=dmarc_verdict)


def _spf(request: VerdictRequest) -> str:
    if not request.peer_address:
        return "none"
    sender = request.reverse_path or f"postmaster@{request.helo}"
    try:
        verdict, _ = spf.check2(
            i=request.peer_address, s=sender, h=request.helo, timeout=LOOKUP_SECONDS, querytime=_SPF_SECONDS
        )
    except Exception:  # noqa: BLE001 - the library fails in many ways on untrusted records: a permanent error
        return "permerror"
    return str(verdict)


def _dkim(request: VerdictRequest) -> tuple[str, list[str]]:
    """The best verdict over the first signatures, and the domains that passed and vouch for the author.

    None vouches for an author that the library does not see in the From field: a signature is no proof of it.
    """
    verdicts: list[str] = []
    domains: list[str] = []
    try:
        message = dkim.DKIM(request.octets, minkey=_MIN_KEY_BITS, timeout=LOOKUP_SECONDS)
        count = sum(name.lower() == b"dkim-signature" for name, _ in message.headers)
    except Exception:  # noqa: BLE001 - as above
        return "permerror", []
    for index in range(min(count, _MAX_SIGNATURES)):
        verdict, domain = _signature(message, index)
        verdicts.append(verdict)
        if verdict == "pass":
            domains.append(domain)
    best = next((verdict for verdict in ("pass", "fail", "temperror", "permerror") if verdict in verdicts), "none")
    fields = [value for name, value in message.headers if name.lower() == b"from"]
    authors = [address for value in fields for _, address in read_mailboxes(b"".join(value.splitlines()))]
    return best, domains if request.from_address in authors else []


def _signature(message: dkim.DKIM, index: int) -> tuple[str, str]:
    try:
        verified = message.verify(index)
    except (dkim.DnsTimeoutError, dns.exception.DNSException):
        return "temperror", ""
    except dkim.ValidationError:
        return "fail", ""
    except Exception:  # noqa: BLE001 - as above
        return "permerror", ""
    return ("pass" if verified else "fail"), (message.domain or b"").decode("ascii", "replace").lower()


def _dmarc(request: VerdictRequest, dkim_domains: list[str], spf_verdict: str) -> str:
    """Pass when an aligned identifier passed (RFC 7489 section 3.1); `none` without a policy."""
    author = _domain(request.from_address)
    if not author:
        return "permerror"
    try:
        record, _ = dmarc_lookup.receiver_record(author)
    except dns.exception.DNSException:
        return "temperror"
    except Exception:  # noqa: BLE001 - as above
        return "permerror"
    if not record:
        return "none"
    spf_domains = [_domain(request.reverse_path) or request.helo.lower()] if spf_verdict == "pass" else []
    aligned = any(_is_aligned(domain, author, record.get("adkim", "r")) for domain in dkim_domains) or any(
        _is_aligned(domain, author, record.get("aspf", "r")) for domain in spf_domains
    )
    return "pass" if aligned else "fail"


def _is_aligned(domain: str, author: str, mode: str) -> bool:
    if mode == "s":
        return domain == author
    return _organisation(domain) == _organisation(author)


def _organisation(domain: str) -> str:
    """The organizational domain (RFC 7489 section 3.2); under an unlisted suffix, its last two labels."""
    found = str(dmarc_lookup.get_org_domain(domain))
    return found if "." in found else ".".join(domain.split(".")[-2:])


def _domain(address: str) -> str:
    return address.rpartition("@")[2].strip("<> ").rstrip(".").lower() if "@" in address else ""
