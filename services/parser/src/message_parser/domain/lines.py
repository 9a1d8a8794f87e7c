"""Finds lines longer than RFC 5322 section 2.1.1 allows. Mayfly takes them, other servers refuse or break them."""

from message_parser.domain import limits

_LINE_END = 2  # CRLF


def has_long_line(octets: bytes) -> bool:
    """Goes from a line's start to the last line end that an allowed line may reach, and repeats: few steps."""
    start = 0
    while len(octets) - start > limits.MAX_LINE_OCTETS:
        line_end = octets.rfind(b"\n", start, start + limits.MAX_LINE_OCTETS + _LINE_END)
        if line_end < 0:
            return True
        start = line_end + 1
    return False
