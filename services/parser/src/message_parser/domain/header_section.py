"""Splits a raw message into header fields and body (RFC 5322 section 2.2). Called by the first stage.

Unfolds the fields and bounds their size and number; `encoded_words` decodes their values later.
"""

import re
from dataclasses import dataclass, field

from message_parser.domain import limits

_END = re.compile(rb"\r?\n\r?\n")
_NAME = re.compile(rb"[!-9;-~]{1,200}")


@dataclass(slots=True)
class HeaderSection:
    """`fields`: name and unfolded raw value, in order. `firsts`: the first value of each lower-case name.

    `body_start`: offset of the body. `clean`: nothing was left out, so that a strict parser can read the octets as they
    are.
    """

    fields: list[tuple[str, bytes]] = field(default_factory=list)
    firsts: dict[str, bytes] = field(default_factory=dict)
    body_start: int = 0
    clean: bool = True
    warnings: list[str] = field(default_factory=list)

    def first(self, name: str) -> bytes:
        """The value of the first field of that name (lower case), b"" if there is none."""
        return self.firsts.get(name, b"")

    def repaired(self) -> bytes:
        """The kept fields as a well-formed header section, blank line included."""
        lines = [name.encode() + b": " + value for name, value in self.fields]
        return b"\r\n".join([*lines, b"", b""])


def read_header_section(octets: bytes) -> HeaderSection:
    """Read the header section of a message. Without a blank line, the whole message is the header section."""
    section = HeaderSection()
    start = _skip_mbox_line(octets)
    if octets.startswith((b"\r\n", b"\n"), start):
        section.body_start = octets.index(b"\n", start) + 1
        return section
    end = _END.search(octets, start)
    stop = end.start() if end else len(octets)
    section.body_start = end.end() if end else len(octets)
    section.clean = start == 0
    if stop - start > limits.MAX_HEADER_OCTETS:
        section.warnings.append(f"header section over {limits.MAX_HEADER_OCTETS} octets: the rest of it was left out")
        stop = start + limits.MAX_HEADER_OCTETS
        section.clean = False
    _read_fields(octets[start:stop], section)
    return section


def _skip_mbox_line(octets: bytes) -> int:
    if octets.startswith((b"From ", b">From ")):
        return octets.find(b"\n") + 1
    return 0


def _read_fields(octets: bytes, section: HeaderSection) -> None:
    malformed = 0
    unfolded: list[list[bytes]] = []
    for line in octets.replace(b"\r\n", b"\n").split(b"\n"):
        if line[:1] in b" \t" and line and unfolded:
            unfolded[-1].append(line)
            continue
        if len(unfolded) == limits.MAX_FIELDS:
            section.warnings.append(f"more than {limits.MAX_FIELDS} header fields: the rest was left out")
            section.clean = False
            break
        name, colon, value = line.partition(b":")
        if colon and _NAME.fullmatch(name.rstrip()):
            unfolded.append([name.rstrip(), value])
        elif line:
            malformed += 1
            unfolded.append([b""])
    if malformed:
        section.warnings.append(f"{malformed} malformed header lines were left out")
        section.clean = False
    for name, *values in unfolded:
        if name:
            text, value = name.decode("ascii"), b"".join(values).strip()
            section.fields.append((text, value))
            section.firsts.setdefault(text.lower(), value)
