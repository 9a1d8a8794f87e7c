"""Parses a raw message into a tree of MIME parts. Called by the stage `read_structure`; `bodies` uses the tree.

fast-mail-parser comes first. It rejects a mail for one bad base64 symbol; then the standard library's `email` parses
it, which accepts nearly everything but can be driven to exhaustion, so the octets are first cut to a bounded number of
parts and levels.
"""

import binascii
import re
from email import message_from_bytes
from email.message import Message as StdlibMessage
from email.policy import compat32
from itertools import islice

from fast_mail_parser import ParseError, PyMimePart, parse_email_tree

from message_parser.domain import limits
from message_parser.domain.header_section import HeaderSection
from message_parser.domain.parameters import read_parameters
from message_parser.domain.part import Part
from message_parser.errors import Unreadable

_DELIMITER = re.compile(rb"^--[^\r\n]{1,100}\r?$", re.MULTILINE)
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")
_CONTAINER = re.compile(rb"multipart/|message/")
_TOO_DEEP = f"nested deeper than {limits.MAX_DEPTH}: the rest was left out"


def read_parts(octets: bytes, header: HeaderSection, warnings: list[str]) -> Part:
    """The tree of a message; adds to `warnings` what was left out or repaired. Raises Unreadable."""
    if not header.clean:
        octets = header.repaired() + octets[header.body_start :]
    octets = _cut_parts(octets, warnings)
    try:
        return _from_fast(parse_email_tree(octets), warnings)
    except ParseError as refusal:
        warnings.append(f"damaged, read as far as it goes ({type(refusal).__name__})")
    try:
        return _from_stdlib(message_from_bytes(_cut_depth(octets, warnings), policy=compat32), warnings)
    except (RecursionError, ValueError, LookupError, AttributeError, TypeError, IndexError) as error:
        raise Unreadable(f"the MIME structure cannot be read ({type(error).__name__})") from error


def _cut_parts(octets: bytes, warnings: list[str]) -> bytes:
    """Cut at the delimiter that passes MAX_PARTS. Counts cheaply first: a dashed line may be no delimiter."""
    if octets.count(b"\n") <= limits.MAX_PARTS or octets.count(b"\n--") <= limits.MAX_PARTS:
        return octets
    cut = _true_delimiters(octets)
    if cut is None:
        return octets
    warnings.append(f"more than {limits.MAX_PARTS} parts: the rest was left out")
    return octets[:cut]


def _cut_depth(octets: bytes, warnings: list[str]) -> bytes:
    """Cut at the container that passes MAX_DEPTH, so that the rest cannot be nested deeper."""
    containers = list(islice(_CONTAINER.finditer(octets.lower()), limits.MAX_DEPTH + 1))
    if len(containers) <= limits.MAX_DEPTH:
        return octets
    warnings.append(_TOO_DEEP)
    return octets[: containers[-1].start()]


_BOUNDARY = re.compile(rb"(?i)boundary\s{0,20}=\s{0,20}(?:\"([^\"\r\n]{1,200})\"|([^\s;\"]{1,200}))")


def _true_delimiters(octets: bytes) -> int | None:
    """The offset of the first delimiter past MAX_PARTS, among lines that name a declared boundary; else None."""
    boundaries = {
        match.group(1) or match.group(2) for match in islice(_BOUNDARY.finditer(octets), limits.MAX_PARTS + 1)
    }
    seen = 0
    for match in _DELIMITER.finditer(octets):
        line = match.group()[2:].rstrip()
        if line in boundaries or line.removesuffix(b"--") in boundaries:
            seen += 1
            if seen > limits.MAX_PARTS:
                return match.start()
    return None


def _from_fast(node: PyMimePart, warnings: list[str], depth: int = 0) -> Part:
    headers = {name.lower(): values[0] for name, values in node.headers.items()}
    part = _part(node.content_type, headers.get("content-type", ""), headers.get("content-disposition", ""))
    part.filename = part.filename or node.filename
    part.content_id = node.content_id
    part.octets = node.content
    if not node.is_message and depth < limits.MAX_DEPTH:
        part.children = [_from_fast(child, warnings, depth + 1) for child in node.children]
    elif not node.is_message and node.children:
        warnings.append(_TOO_DEEP)
    return part


def _part(content_type: str, content_type_field: str, disposition_field: str) -> Part:
    _, parameters = read_parameters(content_type_field)
    disposition, disposed = read_parameters(disposition_field)
    return Part(
        content_type=content_type.lower() if "/" in content_type else "text/plain",
        parameters=parameters,
        disposition=disposition,
        filename=disposed.get("filename") or parameters.get("name", ""),
    )


def _from_stdlib(message: "StdlibMessage[str, str]", warnings: list[str], depth: int = 0) -> Part:
    declared = str(message.get("Content-Type", "text/plain"))
    part = _part(read_parameters(declared)[0], declared, str(message.get("Content-Disposition", "")))
    content_id = str(message.get("Content-ID", "")).encode("ascii", "replace").decode()
    part.content_id = content_id.strip().strip("<>") or None
    payload = message.get_payload()
    children = [child for child in payload if isinstance(child, StdlibMessage)] if isinstance(payload, list) else []
    if children and part.content_type.startswith("message/"):
        part.octets = children[0].as_bytes()
    elif children or isinstance(payload, list):
        below = children if depth < limits.MAX_DEPTH else []
        part.children = [_from_stdlib(child, warnings, depth + 1) for child in below]
    else:
        part.octets = _decoded(message)
    warnings += [f"repaired: {type(defect).__name__}" for defect in message.defects]
    return part


def _decoded(message: "StdlibMessage[str, str]") -> bytes:
    """The octets of a leaf. Base64 is decoded here, because the library returns nothing for a wrong length."""
    payload = message.get_payload()
    if str(message.get("Content-Transfer-Encoding", "")).strip().lower() == "base64" and isinstance(payload, str):
        symbols = _NOT_BASE64.sub(b"", payload.encode("ascii", "ignore"))
        symbols = symbols[: len(symbols) - (len(symbols) % 4 == 1)]
        return binascii.a2b_base64(symbols + b"=" * (-len(symbols) % 4))
    octets = message.get_payload(decode=True)
    return octets if isinstance(octets, bytes) else b""
