"""Finds the parts of a multipart body by its delimiter lines (RFC 2046 section 5.1.1). Called by `mime`.

A delimiter line is `--` and the boundary at the start of a line, with nothing but white space after it; two more
hyphens make it the closing one.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

# A line that only looks like a delimiter costs a step of Python; after so many the rest of the body is one part.
_MAX_CANDIDATES = 100_000
_REST_OF_LINE = re.compile(rb"(--)?[ \t]{0,200}(?:\r{0,8}\n|\r|\Z)")
# What senders write after a delimiter line whose boundary nobody declared.
_DELIMITER_AND_FIELD = (
    rb"--([^\s-][^\r\n]{0,199}|-[^\r\n]{0,199})(?:\r{0,8}\n|\r)"
    rb"[\r\n \t]{0,8}(?i:content-[a-z-]{1,40}[ \t]?:|mime-version:)"
)
_INFERRED = re.compile(rb"(?:\A|[\r\n])[ \t>]{0,8}" + _DELIMITER_AND_FIELD)
_BEGINS_INFERRED = re.compile(rb"\s{0,200}" + _DELIMITER_AND_FIELD)
_INFERRED_CLOSING = re.compile(rb"(?:\A|[\r\n])--(\S[^\r\n]{0,199}?)--[ \t]{0,200}(?=[\r\n]|\Z)")


@dataclass(slots=True)
class Delimited:
    """`parts`: start and end offsets, in order. `gaps`: those of what lies outside (preamble, epilogue).

    `after_close`: how many of the parts follow a closing delimiter. `is_inferred`: no declared boundary was found.
    """

    parts: list[tuple[int, int]] = field(default_factory=list)
    gaps: list[tuple[int, int]] = field(default_factory=list)
    after_close: int = 0
    is_inferred: bool = False


def split(octets: bytes, start: int, stop: int, boundary: bytes, limit: int) -> Delimited:
    """Divide `octets[start:stop]` at the delimiter lines of `boundary`; at most `limit` parts."""
    found = Delimited()
    begun, is_part, closed = start, False, False
    for at, after, closing in _delimiters(octets, start, stop, boundary):
        (found.parts if is_part else found.gaps).append((begun, _before_line_end(octets, begun, at)))
        if len(found.parts) >= limit:
            return found
        begun, is_part = after, not closing
        closed = closed or closing
        found.after_close += closed and is_part
    (found.parts if is_part else found.gaps).append((begun, stop))
    return found


def infer(octets: bytes, start: int, stop: int) -> bytes | None:
    """The boundary that the delimiter lines themselves show, where none is declared or the declared one is absent."""
    searched = octets[start : min(stop, start + 65_536)]
    opening = _INFERRED.search(searched)
    if opening:
        return opening.group(1).rstrip()
    closing = _INFERRED_CLOSING.search(octets[max(start, stop - 65_536) : stop])
    if closing and any(not is_closing for _, _, is_closing in _delimiters(octets, start, stop, closing.group(1))):
        return closing.group(1)
    return None


def begins_with_delimiter(octets: bytes, start: int, stop: int) -> bool:
    """Whether the body begins with a delimiter line and a part's header, as an undeclared multipart does."""
    return _BEGINS_INFERRED.match(octets, start, stop) is not None


def _delimiters(octets: bytes, start: int, stop: int, boundary: bytes) -> Iterator[tuple[int, int, bool]]:
    """Offset of each delimiter line, offset after it, and whether it is a closing one."""
    needle = b"--" + boundary
    at = octets.find(needle, start, stop)
    for _ in range(_MAX_CANDIDATES):
        if at < 0:
            return
        after = at + len(needle)
        if at == start or octets[at - 1] in b"\r\n":
            rest = _REST_OF_LINE.match(octets, after, stop)
            if rest:
                yield at, rest.end(), rest.group(1) is not None
                after = max(after, rest.end() - 1)
        at = octets.find(needle, after, stop)


def _before_line_end(octets: bytes, start: int, at: int) -> int:
    """The line end before a delimiter belongs to the delimiter (RFC 2046 section 5.1.1)."""
    if at - 2 >= start and octets[at - 2 : at] == b"\r\n":
        return at - 2
    return at - 1 if at - 1 >= start and octets[at - 1] in b"\r\n" else at
