"""Parses and normalises mail addresses: case-folded local part, tag split off, domain as A-labels.

Used by smtp-ingest (RCPT) and api-gateway (creating and finding inboxes), so that both compare addresses alike.
"""

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import idna

from mayfly.failures import PermanentFailure

MAX_LOCAL_PART_OCTETS = 64  # RFC 5321 section 4.5.3.1.1
MAX_DOMAIN_OCTETS = 255  # RFC 5321 section 4.5.3.1.2
_ATEXT_SPECIALS = frozenset("!#$%&'*+-/=?^_`{|}~.")  # RFC 5322 section 3.2.3, with the dot of dot-atom


class MalformedAddress(PermanentFailure):
    """No inbox can have this address; the reason says why."""


@dataclass(frozen=True, slots=True)
class Address:
    """`local` is NFC and case-folded, without its tag; `domain` is lower-case A-labels (RFC 5890)."""

    local: str
    domain: str
    tag: str = ""

    def __str__(self) -> str:
        return f"{self.local}@{self.domain}"


def parse_address(text: str) -> Address:
    """Parse `local@domain` or `local+tag@domain`.

    Raises MalformedAddress for anything else: quoted local parts, address literals, control
    characters, empty labels, over-long parts (RFC 5321 section 4.5.3.1).
    """
    local, at, domain = text.rpartition("@")
    if not at:
        raise MalformedAddress("an address needs a local part, @ and a domain")
    base, _, tag = local.partition("+")
    return Address(normalise_local_part(base), normalise_domain(domain), unicodedata.normalize("NFC", tag))


def normalise_local_part(text: str) -> str:
    """Normalise a local part: NFC, case-folded. Raises MalformedAddress for what is no dot-atom."""
    local = unicodedata.normalize("NFC", text).casefold()
    if not local or len(local.encode()) > MAX_LOCAL_PART_OCTETS:
        raise MalformedAddress(f"a local part has 1 to {MAX_LOCAL_PART_OCTETS} octets")
    if local.startswith(".") or local.endswith(".") or ".." in local:
        raise MalformedAddress("a local part neither starts nor ends with a dot, nor has two together")
    if not all(_is_atext(character) for character in local):
        raise MalformedAddress("a local part is letters, digits and the symbols of RFC 5322 atext")
    return local


# A server sees few domains, one in every mail, and encoding one takes 45 us.
@lru_cache(maxsize=1024)
def normalise_domain(text: str) -> str:
    """Normalise a domain: lower-case A-labels (RFC 5891). Raises MalformedAddress."""
    try:
        domain = idna.encode(unicodedata.normalize("NFC", text), uts46=True).decode().lower()
    except (idna.IDNAError, UnicodeError) as error:
        raise MalformedAddress("not a domain name") from error
    if len(domain) > MAX_DOMAIN_OCTETS or domain.endswith("."):
        raise MalformedAddress("not a domain name")
    return domain


def _is_atext(character: str) -> bool:
    if character.isascii():
        return character.isalnum() or character in _ATEXT_SPECIALS
    # RFC 6531 allows any UTF8-non-ascii. Control, format, unassigned and separator characters are excluded, because
    # different addresses must not look the same to a person.
    return unicodedata.category(character)[0] in "LNM"
