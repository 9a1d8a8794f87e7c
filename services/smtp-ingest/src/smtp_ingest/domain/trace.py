"""Builds the trace lines (RFC 5321 section 4.4) that smtp-ingest puts before the received octets.

Text from the peer is checked or has unsafe characters replaced, so that a peer cannot inject header lines.
"""

import re
from datetime import datetime
from email.utils import format_datetime

from mayfly.events.facts import Envelope

_UNSAFE = re.compile(r"[^\w.:\[\]-]")


def trace_lines(envelope: Envelope, *, event_id: str, hostname: str, protocol: str, received_at: datetime) -> bytes:
    """`Return-Path:` and `Received:`, each ending with CRLF. `protocol`: the `with` word of RFC 3848 and RFC 6531.

    `for` is included only for a single recipient, so that recipients do not learn of each other.
    """
    paths = {recipient.forward_path for recipient in envelope.recipients}
    forward = f"\r\n\tfor <{paths.pop()}>" if len(paths) == 1 else ""
    return (
        f"Return-Path: <{envelope.reverse_path}>\r\n"
        f"Received: from {_UNSAFE.sub('?', envelope.helo)} ({_address_literal(envelope.peer_address)})\r\n"
        f"\tby {hostname} with {protocol} id {event_id}{forward};\r\n"
        f"\t{format_datetime(received_at)}\r\n"
    ).encode()


def _address_literal(address: str) -> str:
    return f"[IPv6:{address}]" if ":" in address else f"[{address}]"
