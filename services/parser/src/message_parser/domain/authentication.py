"""What travels between `handlers.authenticate` and a verdict process: what is known of a mail, and its verdicts."""

import re

import msgspec

from mayfly.records.message import Authentication

_HEAD_END = re.compile(rb"(?:\A|\n)\r?\n")
_SIGNATURE = re.compile(rb"(?:\A|\n)dkim-signature[ \t]*:", re.IGNORECASE)


def is_signed(octets: bytes) -> bool:
    """Whether the header section has a DKIM-Signature field."""
    end = _HEAD_END.search(octets)
    return _SIGNATURE.search(octets, 0, end.start() if end else len(octets)) is not None


class VerdictRequest(msgspec.Struct, kw_only=True):
    """`peer_address`, `helo` and `reverse_path` are those of the SMTP session.

    `octets` is empty for a mail that is not signed, `peer_address` for one that was injected through the API.
    `from_address`: of the From field, "" with several of them.
    """

    octets: bytes = b""
    peer_address: str = ""
    helo: str = ""
    reverse_path: str = ""
    from_address: str = ""


class VerdictReply(msgspec.Struct, kw_only=True):
    """`verdicts`: of the first mails of the frame, one at least; the rest is to be sent again.

    `is_silent`: no DNS server answers. `asked`, `cached`, `failed`: lookups for them, by outcome.
    """

    verdicts: list[Authentication]
    is_silent: bool = False
    asked: int = 0
    cached: int = 0
    failed: int = 0
