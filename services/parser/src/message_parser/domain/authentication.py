"""What travels between `handlers.authenticate` and a verdict process: what is known of a mail, and its verdicts."""

import re

import msgspec

from mayfly.records.message import Authentication

_NAME = b"\ndkim-signature"
_MOST_HEAD_OCTETS = 1024 * 1024
_COLON = re.compile(rb"[ \t]*:")


def is_signed(octets: bytes) -> bool:
    """Whether the header section, up to a mebibyte of it, has a DKIM-Signature field. Takes 4 ms at most."""
    octets = octets[:_MOST_HEAD_OCTETS]
    head = (b"\n" + octets[: _head_octets(octets)]).lower()
    at = head.find(_NAME)
    while at >= 0:
        if _COLON.match(head, at + len(_NAME)):
            return True
        at = head.find(_NAME, at + 1)
    return False


def _head_octets(octets: bytes) -> int:
    if octets.startswith((b"\r\n", b"\n")):
        return 0
    end = octets.find(b"\n\r\n")
    end = len(octets) if end < 0 else end
    bare = octets.find(b"\n\n", 0, end)
    return end if bare < 0 else bare


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
