"""Reads where a forward-path leads: the inbox of that address, or a space that takes all addresses of its domain."""

import unicodedata
from dataclasses import dataclass

from mayfly.mail.address import Address, MalformedAddress, NoInboxName, normalise_domain, parse_address
from smtp_ingest.domain import replies
from smtp_ingest.domain.paths import is_quoted, unquoted
from smtp_ingest.domain.replies import Rejected


@dataclass(frozen=True, slots=True)
class Destination:
    """`inbox`: the address that an inbox may have; None for a local part that only spaces take. `tag`: NFC.

    `domain`: lower-case A-labels.
    """

    inbox: Address | None
    domain: str
    tag: str = ""


def read_destination(forward_path: str, hostname: str) -> Destination:
    """Where a parsed forward-path leads; `hostname`: our own name, for postmaster. Raises Rejected."""
    if forward_path.lower() == "postmaster":
        # RFC 5321 section 4.5.1: the only path that needs no domain.
        forward_path = f"postmaster@{hostname}"
    if forward_path.endswith("]"):
        # An address literal (RFC 5321 section 4.1.3): a host, and no domain of ours.
        raise Rejected(replies.NO_RELAY, "foreign_domain")
    path = unquoted(forward_path)
    try:
        address = parse_address(path)
    except MalformedAddress as malformed:
        if is_quoted(forward_path) or isinstance(malformed, NoInboxName):
            return _beyond_inboxes(path)
        raise Rejected(replies.bad_address("Malformed address"), "malformed") from malformed
    return Destination(address, address.domain, address.tag)


def tag_in_space(forward_path: str) -> str:
    """The tag of a forward-path that leads to a space whatever its domain.

    Raises Rejected unless it has a local part and, behind its `@` if there is one, a domain.
    """
    local, at, domain = forward_path.rpartition("@")
    if not domain or (at and not local) or ("@" in local and not is_quoted(local)):
        raise Rejected(replies.bad_address("Malformed address"), "malformed")
    return tag_of(forward_path)


def tag_of(forward_path: str) -> str:
    """What stands behind the first `+` of the local part, NFC."""
    local = unquoted(forward_path).rpartition("@")[0]
    return unicodedata.normalize("NFC", local.partition("+")[2])


def _beyond_inboxes(path: str) -> Destination:
    """The destination for a local part that mail allows and no inbox has. Raises Rejected."""
    try:
        domain = normalise_domain(path.rpartition("@")[2])
    except MalformedAddress as malformed:
        raise Rejected(replies.UNKNOWN_INBOX, "unknown_inbox") from malformed
    return Destination(None, domain, tag_of(path))
