"""Splits a message or a MIME part into header fields and body (RFC 5322 section 2.2), valid or not.

The first stage reads a message's own section, `mime` those of its parts. Fields are unfolded and bounded in size and
number; `encoded_words` decodes their values later.
"""

import re
from dataclasses import dataclass, field

from message_parser.domain import limits, warnings

_NAME = re.compile(rb"[!-9;-~]{1,200}")
_MBOX = (b"From ", b">From ")
_BLANK_LINES = (b"\n\n", b"\n\r\n", b"\r\r")
_BOM = b"\xef\xbb\xbf"
# A CR before LF belongs to the line end, however many there are. A lone CR ends a line only where a field follows.
# Every repetition that could meet itself is bounded, so that reading takes linear time.
_LINE = re.compile(rb"((?:[^\r\n]+(?:\r(?!\r{0,8}\n|\r|[!-9;-~]{1,76}:)[^\r\n]*)*)?)(\r{0,8}\n|\r|\Z)")
_STRICT_LINE = re.compile(rb"([^\r\n]*)(\r{0,8}\n|\r|\Z)")
_TRACE = frozenset({"return-path", "received", "delivered-to", "x-original-to"})
_KNOWN = re.compile(
    r"(?:x|content|list|arc|resent|dkim|received|authentication|auto|feedback|mime|disposition)-[!-9;-~]+"
    r"|from|to|cc|bcc|subject|date|sender|reply-to|received|message-id|in-reply-to|references|return-path|precedence"
    r"|comments|keywords|importance|priority|errors-to|organization|user-agent|delivered-to|thread-(?:topic|index)"
    r"|sensitivity|distribution|newsgroups|face|old-[!-9;-~]+|domainkey-signature"
    r"|require-recipient-valid-since|accept-language|delivery-date|envelope-to|mailing-list|original-message-id",
    re.IGNORECASE,
)


@dataclass(slots=True)
class HeaderSection:
    """`fields`: name and unfolded raw value, in order. `firsts`: the first value of each lower-case name.

    `body_start`: offset of the body. `damaged_at`: offset of the first line that was left out.
    """

    fields: list[tuple[str, bytes]] = field(default_factory=list)
    firsts: dict[str, bytes] = field(default_factory=dict)
    body_start: int = 0
    damaged_at: int | None = None
    warnings: list[str] = field(default_factory=list)

    def first(self, name: str) -> bytes:
        """The value of the first field of that name (lower case), b"" if there is none."""
        return self.firsts.get(name, b"")

    def every(self, name: str) -> list[bytes]:
        """The values of all fields of that name (lower case), in order."""
        if name not in self.firsts:
            return []
        return [value for field_name, value in self.fields if field_name.lower() == name]


def read_header_section(octets: bytes) -> HeaderSection:
    """Read the header section of a message."""
    section = read_section(octets, 0, len(octets))
    if section.firsts.keys() <= _TRACE:
        _resume(octets, section)
    return section


def read_section(octets: bytes, start: int, stop: int) -> HeaderSection:
    """Read the header section that begins at `start`, of a message or part that ends at `stop`.

    It ends at the first blank line, or at the first line that is neither a field nor the continuation of one.
    """
    section = HeaderSection()
    end, section.body_start = _blank_line(octets, start, stop)
    if end - start > limits.MAX_HEADER_OCTETS:
        section.warnings.append(warnings.HEADER_CUT)
        end = start + limits.MAX_HEADER_OCTETS
    block = octets[start:end]
    if b"\r" not in block:
        _read_lines(block.split(b"\n"), start, 1, section)
    elif block.count(b"\r") == block.count(b"\n") == block.count(b"\r\n"):
        _read_lines(block.split(b"\r\n"), start, 2, section)
    else:
        _read_mixed(octets, start, stop, section)
    if section.fields and not octets[section.body_start : min(stop, section.body_start + 4096)].strip():
        _find_body(octets, start, stop, section)
    return section


def _blank_line(octets: bytes, start: int, stop: int) -> tuple[int, int]:
    """The offsets of the end of the last header line and of the body."""
    if octets.startswith((b"\r\n", b"\n"), start) and start < stop:
        return start, octets.index(b"\n", start) + 1
    found = octets.find(b"\n\r\n", start, stop)
    bare = octets.find(b"\n\n", start, stop if found < 0 else found)
    if bare >= 0:
        return (bare - 1 if octets[bare - 1 : bare] == b"\r" and bare > start else bare), bare + 2
    if found >= 0:
        return (found - 1 if octets[found - 1 : found] == b"\r" and found > start else found), found + 3
    return stop, stop


def _read_mixed(octets: bytes, start: int, stop: int, section: HeaderSection) -> None:
    """Read lines that end with any mixture of CR and LF, up to the first blank one."""
    lines: list[bytes] = []
    starts: list[int] = []
    bounded = min(stop, start + limits.MAX_HEADER_OCTETS)
    section.body_start = stop
    lone = False
    at = start
    while at < bounded and (match := (_STRICT_LINE if lone else _LINE).match(octets, at, bounded)):
        lone = lone or match.group(2) == b"\r"
        if not match.group(1):
            section.body_start = match.end()
            break
        lines.append(match.group(1))
        starts.append(at)
        at = match.end()
    if lone:
        section.warnings.append(warnings.BARE_CR)
    _read_lines(lines, starts, 0, section)


def _read_lines(lines: list[bytes], starts: int | list[int], line_end: int, section: HeaderSection) -> None:
    """`starts`: offset of the first line, or of each; `line_end`: octets between two lines."""
    unfolded, malformed, end = _unfold(lines)
    if len(unfolded) > limits.MAX_FIELDS:
        section.warnings.append(warnings.FIELDS_CUT)
    if end < len(lines):
        section.warnings.append(warnings.HEADER_UNENDED)
        section.body_start = _offset(lines, end, starts, line_end)
    if malformed:
        section.warnings.append(warnings.malformed_lines(len(malformed)))
        section.damaged_at = _offset(lines, malformed[0], starts, line_end)
    for name, *values in unfolded[: limits.MAX_FIELDS]:
        if name:
            text, value = name.decode("ascii"), b"".join(values).strip()
            section.fields.append((text, value))
            section.firsts.setdefault(text.lower(), value)


def _unfold(lines: list[bytes]) -> tuple[list[list[bytes]], list[int], int]:
    """Name and pieces of each field, the numbers of the lines left out, and that of the line that begins the body."""
    unfolded: list[list[bytes]] = []
    malformed: list[int] = []
    for number, line in enumerate(lines):
        if line[:1] in b" \t" and line and unfolded:
            unfolded[-1].append(line)
            continue
        if len(unfolded) > limits.MAX_FIELDS:
            break
        found = _as_field(line)
        if found is not None:
            unfolded.append(found)
        elif _is_damaged_field(lines, number, unfolded):
            malformed += [] if line.startswith(_MBOX) else [number]
            unfolded.append([b""])
        elif line:
            return unfolded, malformed, number
    return unfolded, malformed, len(lines)


def _as_field(line: bytes) -> list[bytes] | None:
    """Name and value; None for a line that is no field. A delimiter line (RFC 2046) is none, even with a colon."""
    name, colon, value = line.partition(b":")
    if not colon:
        return None
    name = name.rstrip().removeprefix(_BOM)
    if not _NAME.fullmatch(name) or name.startswith(b"--"):
        return None
    return [name, value]


def _is_damaged_field(lines: list[bytes], number: int, unfolded: list[list[bytes]]) -> bool:
    """A line is skipped only before a field that mail programs write; otherwise text would be lost.

    A MIME field that stands above already begins the next part, whose delimiter line is lost: the line is text then.
    The line that begins a message in an mbox file is skipped anywhere.
    """
    line = lines[number]
    if line.startswith(_MBOX):
        return True
    following = lines[number + 1 : number + 2]
    if not line or line.startswith(b"--") or not _is_known_field(following):
        return False
    name = following[0].partition(b":")[0].rstrip().lower()
    return not name.startswith(b"content-") or all(name != above[0].lower() for above in unfolded)


def _is_known_field(lines: list[bytes]) -> bool:
    found = _as_field(lines[0]) if lines else None
    return found is not None and bool(_KNOWN.fullmatch(found[0].decode("ascii")))


def _offset(lines: list[bytes], number: int, starts: int | list[int], line_end: int) -> int:
    if isinstance(starts, list):
        return starts[number]
    return starts + sum(map(len, lines[:number])) + number * line_end


def _find_body(octets: bytes, start: int, stop: int, section: HeaderSection) -> None:
    """Without a body, the first line that was left out begins it.

    Where no blank line ends the header either, the body begins after the last field that mail programs write.
    """
    if section.damaged_at is not None:
        section.body_start = section.damaged_at
        section.warnings.append(warnings.HEADER_UNENDED)
        return
    if section.body_start < stop or octets.endswith(_BLANK_LINES, start, stop):
        return
    names = [name for name, _ in section.fields]
    last = max((number for number, name in enumerate(names) if _KNOWN.fullmatch(name)), default=-1)
    name = next((name for name, value in section.fields[last + 1 :] if value), None)
    if name is not None:
        line = re.compile(rb"(?:^|[\r\n])(" + re.escape(name.encode()) + rb"[ \t]*:)").search(octets, start)
        if line:
            section.body_start = line.start(1)
            section.warnings.append(warnings.HEADER_UNENDED)


def _resume(octets: bytes, section: HeaderSection) -> None:
    """Continue after blank lines if only trace fields stand before them: the sender began with blank lines."""
    start = section.body_start
    while octets.startswith((b"\r", b"\n"), start):
        start += 1
    line = octets[start : start + 1000].removeprefix(_BOM).partition(b"\n")[0].rstrip(b"\r")
    if not _is_known_field([line]):
        return
    rest = read_section(octets, start, len(octets))
    section.warnings += [warnings.HEADER_RESUMED, *rest.warnings]
    section.fields += rest.fields
    for name, value in rest.fields:
        section.firsts.setdefault(name.lower(), value)
    section.body_start = rest.body_start
