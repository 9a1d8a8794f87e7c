"""Parses and normalises mail addresses: local part of lower-case ASCII, tag split off, domain as A-labels.

Used by smtp-ingest (RCPT) and api-gateway (creating and finding inboxes), so that both compare addresses alike. The
normal form is all visible ASCII, and its own normal form: an inbox has one address, which is the one that is shown.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import idna

from mayfly.failures import PermanentFailure

MAX_LOCAL_PART_OCTETS = 64  # RFC 5321 section 4.5.3.1.1
MAX_DOMAIN_OCTETS = 255  # RFC 5321 section 4.5.3.1.2
_LOCAL_PART = re.compile(r"[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?", re.ASCII)


class MalformedAddress(PermanentFailure):
    """No inbox can have this address; the reason says why."""


class NoInboxName(MalformedAddress):
    """The local part is one that mail allows, and that no inbox has."""


@dataclass(frozen=True, slots=True)
class Address:
    """`local` is lower-case, without its tag; `domain` is lower-case A-labels (RFC 5890). `tag`: NFC, else as it is."""

    local: str
    domain: str
    tag: str = ""

    def __str__(self) -> str:
        return f"{self.local}@{self.domain}"


def parse_address(text: str) -> Address:
    """Parse `local@domain` or `local+tag@domain`.

    Raises NoInboxName for local parts of other characters than `[a-z0-9._-]`; MalformedAddress for the rest: quoted
    local parts, address literals, empty labels, over-long parts (RFC 5321 section 4.5.3.1).
    """
    local, at, domain = text.rpartition("@")
    if not at:
        raise MalformedAddress("an address needs a local part, @ and a domain")
    base, _, tag = local.partition("+")
    return Address(normalise_local_part(base), normalise_domain(domain), unicodedata.normalize("NFC", tag))


def normalise_local_part(text: str) -> str:
    """Normalise a local part: ASCII in lower case. Nothing is mapped: another character that looks like a letter is
    none.

    Raises MalformedAddress; NoInboxName for one with other characters than `[a-z0-9]` and, inside, `.`, `_` and `-`.
    """
    if not text or len(text.encode(errors="replace")) > MAX_LOCAL_PART_OCTETS:
        raise MalformedAddress(f"a local part has 1 to {MAX_LOCAL_PART_OCTETS} octets")
    if text.startswith(".") or text.endswith(".") or ".." in text:
        raise MalformedAddress("a local part neither starts nor ends with a dot, nor has two together")
    local = text.lower() if text.isascii() else ""  # `lower` maps the Kelvin sign to k
    if not _LOCAL_PART.fullmatch(local):
        raise NoInboxName("a local part is a to z, 0 to 9 and, between these, the symbols . _ -")
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


def normalise_inbox_address(text: str) -> str:
    """The normal form of an inbox's address, or of a space's, which is `*@` and a domain. Raises MalformedAddress."""
    if text.startswith("*@"):
        return f"*@{normalise_domain(text[2:])}"
    return str(parse_address(text))


def normalise_name(name: str) -> str:
    """The name of an inbox as it is stored: an address in its normal form, an id (or what is neither) unchanged."""
    try:
        return normalise_inbox_address(name) if "@" in name else name
    except MalformedAddress:
        return name


def spellings(text: str) -> set[str]:
    """What to look for in addresses when a person looks for `text`: it, and with its domain as A-labels."""
    local, at, domain = text.rpartition("@")
    if not at or text.isascii():
        return {text}
    try:
        return {text, f"{local}@{normalise_domain(domain)}"}
    except MalformedAddress:
        return {text}
