"""DMARC (RFC 7489): the policy of the author's domain, and who aligns with it. Called by `verdicts`."""

import re
from collections.abc import Sequence
from functools import cache

from publicsuffixlist import PublicSuffixList

from message_parser.workers.resolver import Resolver
from message_parser.workers.verdict_dns import LookupFailed

Identifier = tuple[str, str]
"""A domain, and the verdict about it."""

_IS_POLICY = re.compile(rb"[ \t]*[vV][ \t]*=[ \t]*DMARC1[ \t]*(?:;|$)")  # RFC 7489 section 6.4
_IS_URI = re.compile(r"[a-z][a-z0-9+.-]*:.")
_POLICIES = ("none", "quarantine", "reject")


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


def prepare() -> None:
    """Read the public suffix list, which takes 50 ms, before the first mail needs it."""
    _suffixes()


def check(author: str, signers: Sequence[Identifier], sender: Identifier, resolver: Resolver) -> str:
    """The verdict on a mail whose From field names the domain `author` (A-labels); `none` without a policy.

    `signers`: the DKIM signatures that vouch for the author; `sender`: SPF.
    """
    if not author:
        return "permerror"
    try:
        policy = _policy(author, resolver)
    except LookupFailed:
        return "temperror"
    if policy is None:
        return "none"
    verdicts = {verdict for domain, verdict in signers if _is_aligned(domain, author, policy.get("adkim", "r"))}
    if _is_aligned(sender[0], author, policy.get("aspf", "r")):
        verdicts.add(sender[1])
    return next((verdict for verdict in ("pass", "temperror") if verdict in verdicts), "fail")


def _policy(author: str, resolver: Resolver) -> dict[str, str] | None:
    """The tags of the policy that applies (RFC 7489 section 6.6.3)."""
    records = _records(author, resolver)
    organisation = organisational_domain(author)
    if not records and organisation != author:
        records = _records(organisation, resolver)
    if len(records) != 1:
        return None
    tags = _tags(records[0])
    if tags.get("p") in _POLICIES and tags.get("sp", "none") in _POLICIES:
        return tags
    # Step 6: a record that only asks for reports counts as p=none.
    return tags if any(_IS_URI.match(uri.strip()) for uri in tags.get("rua", "").split(",")) else None


def _records(domain: str, resolver: Resolver) -> list[bytes]:
    return [record for record in resolver.lookup(f"_dmarc.{domain}", "TXT") if _IS_POLICY.match(record)]


def _tags(record: bytes) -> dict[str, str]:
    """Tags and values in lower case; what is no tag is left out (RFC 7489 section 6.3)."""
    tags: dict[str, str] = {}
    for spec in record.decode("ascii", "replace").lower().split(";"):
        name, equals, value = spec.partition("=")
        if equals:
            tags.setdefault(name.strip(), value.strip())
    return tags


def _is_aligned(domain: str, author: str, mode: str) -> bool:
    if not domain or mode == "s":
        return domain == author
    return organisational_domain(domain) == organisational_domain(author)


def organisational_domain(domain: str) -> str:
    """The organizational domain (RFC 7489 section 3.2); of a public suffix, itself."""
    return _suffixes().privatesuffix(domain) or domain
